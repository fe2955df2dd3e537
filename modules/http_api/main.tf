data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  # `id` is the region's name in every provider major from 5 to 6; `name` and `region` are not.
  region = data.aws_region.current.id

  methods = ["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]

  authorizations = { iam = "AWS_IAM", jwt = "JWT", none = "NONE" }

  # Served from the root of the URL, so that paths are what the routes say.
  stage     = "$default"
  log_group = "/aws/vendedlogs/apigateway/${var.name}"
  # Made from its name, so that plans show it.
  log_group_arn = "arn:${data.aws_partition.current.partition}:logs:${local.region}:${data.aws_caller_identity.current.account_id}:log-group:${local.log_group}"

  routes = {
    for key, route in var.routes : key => {
      # As execute-api ARNs name it: any value where the path has a parameter.
      arn    = "${replace(split(" ", key)[0], "ANY", "*")}${replace(try(split(" ", key)[1], ""), "/\\{[^}]*\\}/", "*")}"
      auth   = route.auth == "inherit" ? var.auth : route.auth
      method = split(" ", key)[0]
      path   = try(split(" ", key)[1], "")
    }
  }

  cors_methods = sort(distinct([for route in local.routes : route.method == "ANY" ? "*" : route.method]))

  # Addresses are there to find who floods. No token, no body.
  log_format = {
    error           = "$context.error.responseType"
    function_error  = "$context.integrationErrorMessage"
    function_status = "$context.integration.status"
    integration_ms  = "$context.integrationLatency"
    ip              = "$context.identity.sourceIp"
    latency_ms      = "$context.responseLatency"
    method          = "$context.httpMethod"
    path            = "$context.path"
    request_id      = "$context.requestId"
    response_bytes  = "$context.responseLength"
    route           = "$context.routeKey"
    status          = "$context.status"
    subject         = "$context.authorizer.claims.sub"
    time            = "$context.requestTime"
    user            = "$context.identity.user"
  }
}

resource "aws_apigatewayv2_api" "api" {
  name          = var.name
  description   = var.description
  protocol_type = "HTTP"
  tags          = var.tags

  dynamic "cors_configuration" {
    for_each = var.cors == null ? [] : [var.cors]

    content {
      allow_credentials = cors_configuration.value.credentials
      allow_headers     = cors_configuration.value.headers
      allow_methods     = contains(local.cors_methods, "*") ? ["*"] : local.cors_methods
      allow_origins     = cors_configuration.value.origins
      expose_headers    = cors_configuration.value.expose_headers
      max_age           = cors_configuration.value.max_age_seconds
    }
  }
}

resource "aws_apigatewayv2_authorizer" "jwt" {
  for_each = { for name in ["jwt"] : name => var.jwt if var.jwt != null }

  api_id           = aws_apigatewayv2_api.api.id
  name             = each.key
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]

  jwt_configuration {
    audience = each.value.audience
    issuer   = each.value.issuer
  }

  # Routes let go of it before it goes.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_apigatewayv2_integration" "route" {
  for_each = local.routes

  api_id                 = aws_apigatewayv2_api.api.id
  description            = each.key
  integration_type       = "AWS_PROXY"
  integration_uri        = var.routes[each.key].function.invoke_arn
  payload_format_version = "2.0"
  timeout_milliseconds   = var.routes[each.key].timeout_ms
}

resource "aws_apigatewayv2_route" "route" {
  for_each = local.routes

  api_id               = aws_apigatewayv2_api.api.id
  authorization_scopes = length(var.routes[each.key].scopes) == 0 ? null : var.routes[each.key].scopes
  authorization_type   = local.authorizations[each.value.auth]
  authorizer_id        = each.value.auth == "jwt" ? aws_apigatewayv2_authorizer.jwt["jwt"].id : null
  route_key            = each.key
  target               = "integrations/${aws_apigatewayv2_integration.route[each.key].id}"

  # Nobody reaches a route before its function may be called.
  depends_on = [aws_lambda_permission.route]
}

# One for each route: this API reaches the function by that method and path, and by no other.
resource "aws_lambda_permission" "route" {
  for_each = local.routes

  statement_id  = "${var.name}-${each.value.method}-${substr(sha256(each.key), 0, 8)}"
  action        = "lambda:InvokeFunction"
  function_name = var.routes[each.key].function.arn
  principal     = "apigateway.amazonaws.com"
  qualifier     = var.routes[each.key].function.alias_name
  # The API has one stage.
  source_arn = "${aws_apigatewayv2_api.api.execution_arn}/*/${each.value.arn}"
}

resource "aws_cloudwatch_log_group" "access" {
  for_each = { for name in ["access"] : name => var.access_log if var.access_log != null }

  # API Gateway's log delivery names each group in a policy of limited size, but not under this prefix.
  name              = local.log_group
  kms_key_id        = each.value.kms_key_arn
  retention_in_days = each.value.retention_days
  tags              = var.tags
}

resource "aws_apigatewayv2_stage" "stage" {
  api_id      = aws_apigatewayv2_api.api.id
  name        = local.stage
  auto_deploy = true
  tags        = var.tags

  dynamic "access_log_settings" {
    for_each = var.access_log == null ? [] : [local.log_group_arn]

    content {
      destination_arn = access_log_settings.value
      format          = jsonencode(local.log_format)
    }
  }

  default_route_settings {
    # Metrics by route are billed one by one; those of the stage are there anyway.
    detailed_metrics_enabled = false
    throttling_burst_limit   = var.throttle.burst
    throttling_rate_limit    = var.throttle.rate
  }

  dynamic "route_settings" {
    for_each = { for key, route in var.routes : key => route.throttle if route.throttle != null }

    content {
      detailed_metrics_enabled = false
      route_key                = route_settings.key
      throttling_burst_limit   = route_settings.value.burst
      throttling_rate_limit    = route_settings.value.rate
    }
  }

  # Settings name routes that must be there.
  depends_on = [aws_apigatewayv2_route.route, aws_cloudwatch_log_group.access]
}
