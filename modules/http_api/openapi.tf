# The routes as clients and generators read them; made from inputs, so a plan shows it.

locals {
  security_schemes = {
    iam = { type = "apiKey", in = "header", name = "Authorization", "x-amazon-apigateway-authtype" = "awsSigv4" }
    jwt = { type = "http", scheme = "bearer", bearerFormat = "JWT" }
  }

  operations = {
    for key, route in local.routes : key => merge(concat(
      [{
        operationId = join("_", [for word in regexall("[A-Za-z0-9]+", key) : lower(word)])
        parameters = [
          for name in regexall("\\{([A-Za-z0-9._-]+)\\+?\\}", key) : { in = "path", name = name[0], required = true, schema = { type = "string" } }
        ]
        responses = { default = { description = "The function's answer" } }
        security  = [for name in [route.auth] : { (name) = [] } if name != "none"]
      }],
      [for scopes in [var.routes[key].scopes] : { description = "Needs one of the scopes ${join(", ", scopes)}." } if length(scopes) > 0],
    )...)
  }

  openapi = {
    openapi = "3.0.3"
    info    = { title = var.name, description = var.description, version = "1" }
    paths = {
      for path in distinct([for route in local.routes : route.path]) : replace(path, "+}", "}") => {
        for key, route in local.routes :
        route.method == "ANY" ? "x-amazon-apigateway-any-method" : lower(route.method) => local.operations[key]
        if route.path == path
      }
    }
    components = {
      securitySchemes = { for name, scheme in local.security_schemes : name => scheme if contains([for route in local.routes : route.auth], name) }
    }
  }
}
