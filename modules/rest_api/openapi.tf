# The routes as clients and generators read them; made from inputs, so a plan shows it.

locals {
  security_schemes = {
    api_key = { type = "apiKey", in = "header", name = "x-api-key" }
    cognito = { type = "http", scheme = "bearer", bearerFormat = "JWT" }
    iam     = { type = "apiKey", in = "header", name = "Authorization", "x-amazon-apigateway-authtype" = "awsSigv4" }
  }

  # Schemes of each route, all of which a request must satisfy.
  security = {
    for key, route in local.routes : key => concat(
      route.auth == "none" ? [] : [route.auth],
      var.routes[key].api_key ? ["api_key"] : [],
    )
  }

  operations = {
    for key, route in local.routes : key => merge(concat(
      [{
        operationId = join("_", [for word in regexall("[A-Za-z0-9]+", key) : lower(word)])
        parameters = concat(
          [for name in regexall("\\{([A-Za-z0-9._-]+)\\+?\\}", key) : { in = "path", name = name[0], required = true, schema = { type = "string" } }],
          [for name in var.routes[key].validate.query : { in = "query", name = name, required = true, schema = { type = "string" } }],
          [for name in var.routes[key].validate.headers : { in = "header", name = name, required = true, schema = { type = "string" } }],
        )
        responses = { default = { description = "The function's answer, or a problem as RFC 9457 has it" } }
        security  = length(local.security[key]) == 0 ? [] : [{ for name in local.security[key] : name => [] }]
      }],
      [for scopes in [var.routes[key].scopes] : { description = "Needs one of the scopes ${join(", ", scopes)}." } if length(scopes) > 0],
      [
        for body in [var.routes[key].validate.body] : {
          requestBody = {
            content  = { "application/json" = { schema = { for name, value in jsondecode(body) : name => value if name != "$schema" } } }
            required = true
          }
        } if body != null
      ],
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
      securitySchemes = { for name, scheme in local.security_schemes : name => scheme if contains(flatten(values(local.security)), name) }
    }
  }
}
