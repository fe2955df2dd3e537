locals {
  # A path answers preflights unless a route of its own does.
  preflights = var.cors == null ? {} : {
    for path in distinct([for route in local.routes : route.path]) : path => sort(distinct(concat(
      ["OPTIONS"],
      [for route in local.routes : route.method if route.path == path && route.method != "ANY"],
      flatten([for route in local.routes : ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"] if route.path == path && route.method == "ANY"]),
    )))
    if length([for route in local.routes : route if route.path == path && route.method == "OPTIONS"]) == 0
  }

  # Static values stand in quotes of their own.
  cors_headers = var.cors == null ? {} : {
    for name, value in {
      "Access-Control-Allow-Credentials" = var.cors.credentials ? "true" : ""
      "Access-Control-Allow-Headers"     = join(",", var.cors.headers)
      "Access-Control-Allow-Origin"      = var.cors.origins[0]
      "Access-Control-Max-Age"           = tostring(var.cors.max_age_seconds)
      "Vary"                             = "Origin"
    } : name => "'${value}'" if value != ""
  }

  # A header has one value: where several origins may call, the one that asks is answered.
  cors_template = var.cors == null ? "" : length(var.cors.origins) == 1 ? "" : join("\n", [
    "#set($origin = $input.params().header.get(\"Origin\"))",
    "#if(${join(" || ", [for origin in var.cors.origins : "$origin == \"${origin}\""])})",
    "#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)",
    "#end",
  ])

  # What API Gateway answers itself (401, 429, …) holds nothing of anybody's, so where several
  # origins may call, it is readable by whichever asked.
  cors_gateway_headers = var.cors == null ? {} : {
    for name, value in {
      "Access-Control-Allow-Credentials" = var.cors.credentials ? "'true'" : ""
      "Access-Control-Allow-Origin"      = length(var.cors.origins) == 1 ? "'${var.cors.origins[0]}'" : "method.request.header.Origin"
      "Access-Control-Expose-Headers"    = length(var.cors.expose_headers) == 0 ? "" : "'${join(",", var.cors.expose_headers)}'"
    } : "gatewayresponse.header.${name}" => value if value != ""
  }
}

resource "aws_api_gateway_method" "preflight" {
  for_each = local.preflights

  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = local.resource_ids[each.key]
  authorization = "NONE"
  http_method   = "OPTIONS"
}

resource "aws_api_gateway_integration" "preflight" {
  for_each = local.preflights

  rest_api_id       = aws_api_gateway_rest_api.api.id
  resource_id       = local.resource_ids[each.key]
  http_method       = aws_api_gateway_method.preflight[each.key].http_method
  request_templates = { "application/json" = jsonencode({ statusCode = 204 }) }
  type              = "MOCK"
}

resource "aws_api_gateway_method_response" "preflight" {
  for_each = local.preflights

  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = local.resource_ids[each.key]
  http_method = aws_api_gateway_method.preflight[each.key].http_method
  response_parameters = {
    for name in concat(keys(local.cors_headers), ["Access-Control-Allow-Methods"]) : "method.response.header.${name}" => false
  }
  status_code = "204"
}

resource "aws_api_gateway_integration_response" "preflight" {
  for_each = local.preflights

  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = local.resource_ids[each.key]
  http_method = aws_api_gateway_integration.preflight[each.key].http_method
  response_parameters = merge(
    { for name, value in local.cors_headers : "method.response.header.${name}" => value },
    { "method.response.header.Access-Control-Allow-Methods" = "'${join(",", each.value)}'" },
  )
  response_templates = local.cors_template == "" ? null : { "application/json" = local.cors_template }
  status_code        = aws_api_gateway_method_response.preflight[each.key].status_code
}
