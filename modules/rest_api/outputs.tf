output "alarms" {
  description = "ARNs of the alarms by what they watch: errors, latency."
  value       = { for name, alarm in aws_cloudwatch_metric_alarm.api : name => alarm.arn }
}

output "execution_arn" {
  description = "ARN by which policies name requests to the API, without stage, method and path."
  value       = aws_api_gateway_rest_api.api.execution_arn
}

output "grants" {
  description = "What others can be allowed to do with the API: invoke, the routes with auth iam; empty when there is none."
  value = {
    for name, routes in { invoke = [for route in local.routes : route.arn if route.auth == "iam"] } : name => {
      actions                    = ["execute-api:Invoke"]
      resources                  = [for route in sort(distinct(routes)) : "${aws_api_gateway_rest_api.api.execution_arn}/${route}"]
    } if length(routes) > 0
  }
  depends_on = [aws_api_gateway_stage.stage]
}

output "id" {
  description = "Id of the API."
  value       = aws_api_gateway_rest_api.api.id
}

output "key_values" {
  description = "Values of the API keys by name, to hand to their holders."
  value       = { for name, key in aws_api_gateway_api_key.key : name => key.value }
  sensitive   = true
}

output "log_group_name" {
  description = "Name of the log group with the access log; null without one."
  value       = var.access_log == null ? null : local.log_group
  depends_on  = [aws_cloudwatch_log_group.access]
}

output "openapi" {
  description = "The routes as an OpenAPI 3.0 document (JSON)."
  value       = jsonencode(local.openapi)
}

output "plan_ids" {
  description = "Ids of the usage plans by name, to which keys made elsewhere are added."
  value       = { for name, plan in aws_api_gateway_usage_plan.plan : name => plan.id }
}

output "stage" {
  description = "Name of the stage, which is the first segment of the URL's path."
  value       = var.stage
  depends_on  = [aws_api_gateway_stage.stage]
}

output "url" {
  description = "URL that the routes' paths follow, without a slash at its end."
  value       = aws_api_gateway_stage.stage.invoke_url
  depends_on  = [aws_api_gateway_method_settings.route, aws_api_gateway_method_settings.stage, aws_lambda_permission.route]
}

output "widgets" {
  description = "Dashboard widgets of the API, each as JSON."
  value       = [for widget in local.widgets : jsonencode(widget)]
}
