locals {
  # Names of models are letters and digits only, and no two routes may come to the same one.
  models = {
    for key, route in var.routes : key => "${join("", [for word in regexall("[A-Za-z0-9]+", key) : title(lower(word))])}${substr(sha256(key), 0, 8)}"
    if route.validate.body != null
  }

  parameters = {
    for key, route in var.routes : key => merge(
      { for name in regexall("\\{([A-Za-z0-9._-]+)\\+?\\}", key) : "method.request.path.${name[0]}" => true },
      { for name in route.validate.query : "method.request.querystring.${name}" => true },
      { for name in route.validate.headers : "method.request.header.${name}" => true },
    )
  }
}

resource "aws_api_gateway_authorizer" "cognito" {
  for_each = { for name in ["cognito"] : name => var.cognito if var.cognito != null }

  rest_api_id   = aws_api_gateway_rest_api.api.id
  name          = each.key
  provider_arns = each.value.user_pool_arns
  type          = "COGNITO_USER_POOLS"

  # Methods let go of it before it goes.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_model" "body" {
  for_each = local.models

  rest_api_id  = aws_api_gateway_rest_api.api.id
  name         = each.value
  content_type = "application/json"
  description  = "Body of ${each.key}"
  schema       = jsonencode(jsondecode(var.routes[each.key].validate.body))

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_request_validator" "validator" {
  for_each = toset(compact([for route in local.routes : route.validator]))

  rest_api_id                 = aws_api_gateway_rest_api.api.id
  name                        = each.key
  validate_request_body       = strcontains(each.key, "body")
  validate_request_parameters = strcontains(each.key, "parameters")

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_method" "route" {
  for_each = local.routes

  rest_api_id          = aws_api_gateway_rest_api.api.id
  resource_id          = local.resource_ids[each.value.path]
  api_key_required     = var.routes[each.key].api_key
  authorization        = local.authorizations[each.value.auth]
  authorization_scopes = length(var.routes[each.key].scopes) == 0 ? null : var.routes[each.key].scopes
  authorizer_id        = each.value.auth == "cognito" ? aws_api_gateway_authorizer.cognito["cognito"].id : null
  http_method          = each.value.method
  request_parameters   = local.parameters[each.key]
  request_validator_id = each.value.validator == "" ? null : aws_api_gateway_request_validator.validator[each.value.validator].id

  # $default: without it a body of another content type would pass unchecked.
  request_models = contains(keys(local.models), each.key) ? {
    for type in ["$default", "application/json"] : type => aws_api_gateway_model.body[each.key].name
  } : null
}

resource "aws_api_gateway_integration" "route" {
  for_each = local.routes

  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = local.resource_ids[each.value.path]
  http_method = aws_api_gateway_method.route[each.key].http_method
  # Lambda's own API is called by POST, whatever the method of the route.
  integration_http_method = "POST"
  timeout_milliseconds    = var.routes[each.key].timeout_ms
  type                    = "AWS_PROXY"
  uri                     = var.routes[each.key].function.invoke_arn
}
