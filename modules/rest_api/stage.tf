locals {
  log_group = "/aws/vendedlogs/apigateway/${var.name}"
  # Made from its name, so that plans show it.
  log_group_arn = "arn:${data.aws_partition.current.partition}:logs:${local.region}:${data.aws_caller_identity.current.account_id}:log-group:${local.log_group}"

  # Addresses are what `ip` is debugged with. No token, key or body.
  log_format = {
    api_key_id      = "$context.identity.apiKeyId"
    error           = "$context.error.responseType"
    function_error  = "$context.integration.error"
    function_status = "$context.integration.status"
    integration_ms  = "$context.integrationLatency"
    ip              = "$context.identity.sourceIp"
    latency_ms      = "$context.responseLatency"
    method          = "$context.httpMethod"
    request_id      = "$context.requestId"
    resource        = "$context.resourcePath"
    response_bytes  = "$context.responseLength"
    status          = "$context.status"
    subject         = "$context.authorizer.claims.sub"
    time            = "$context.requestTime"
    trace_id        = "$context.xrayTraceId"
    user            = "$context.identity.user"
  }

  # All that a deployment is a snapshot of, from inputs; and the files that make it.
  definition = {
    cognito   = var.cognito
    cors      = var.cors
    files     = { for file in ["cors", "gateway_responses", "main", "methods", "permissions"] : file => filesha256("${path.module}/${file}.tf") }
    policy    = local.policy
    responses = local.gateway_responses
    routes = {
      for key, route in var.routes : key => {
        api_key    = route.api_key
        auth       = local.routes[key].auth
        invoke_arn = route.function.invoke_arn
        scopes     = route.scopes
        timeout_ms = route.timeout_ms
        validate   = route.validate
      }
    }
  }
}

resource "aws_api_gateway_deployment" "deployment" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  triggers    = { definition = sha256(jsonencode(local.definition)) }

  # The stage moves to the new one before the old one goes.
  lifecycle {
    create_before_destroy = true
  }

  # A deployment is a snapshot: what is not there yet is not in it.
  depends_on = [
    aws_api_gateway_gateway_response.problem,
    aws_api_gateway_integration.route,
    aws_api_gateway_integration_response.preflight,
    aws_api_gateway_rest_api_policy.addresses,
  ]
}

resource "aws_cloudwatch_log_group" "access" {
  for_each = { for name in ["access"] : name => var.access_log if var.access_log != null }

  # API Gateway's log delivery names each group in a policy of limited size, but not under this prefix.
  name              = local.log_group
  kms_key_id        = each.value.kms_key_arn
  retention_in_days = each.value.retention_days
  tags              = var.tags
}

resource "aws_api_gateway_stage" "stage" {
  rest_api_id          = aws_api_gateway_rest_api.api.id
  deployment_id        = aws_api_gateway_deployment.deployment.id
  stage_name           = var.stage
  tags                 = var.tags
  xray_tracing_enabled = var.tracing

  dynamic "access_log_settings" {
    for_each = var.access_log == null ? [] : [local.log_group_arn]

    content {
      destination_arn = access_log_settings.value
      format          = jsonencode(local.log_format)
    }
  }

  # Here and not at the deployment: what that one waits for is created before its old self is
  # destroyed, and a function's policy holds no statement id twice.
  depends_on = [aws_cloudwatch_log_group.access, aws_lambda_permission.route]
}

resource "aws_api_gateway_method_settings" "stage" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  stage_name  = aws_api_gateway_stage.stage.stage_name
  method_path = "*/*"

  settings {
    # Metrics by method are billed one by one; those of the stage are there anyway.
    metrics_enabled        = false
    throttling_burst_limit = var.throttle.burst
    throttling_rate_limit  = var.throttle.rate
  }
}

resource "aws_api_gateway_method_settings" "route" {
  for_each = { for key, route in var.routes : key => route.throttle if route.throttle != null }

  rest_api_id = aws_api_gateway_rest_api.api.id
  stage_name  = aws_api_gateway_stage.stage.stage_name
  method_path = "${trimprefix(local.routes[each.key].path, "/")}/${local.routes[each.key].method}"

  settings {
    metrics_enabled        = false
    throttling_burst_limit = each.value.burst
    throttling_rate_limit  = each.value.rate
  }

  # Written one after the other: both are changes of the one stage.
  depends_on = [aws_api_gateway_method_settings.stage]
}
