output "alarms" {
  description = "ARNs of the alarms by what they watch: duration, errors, throttles, undelivered with async, and canary with a canary."
  value       = { for name, alarm in aws_cloudwatch_metric_alarm.function : name => alarm.arn }
}

output "alias_arn" {
  description = "ARN of the alias live, which triggers invoke."
  value       = local.alias_arn
  depends_on  = [aws_iam_role_policy.execution, aws_lambda_alias.live]
}

output "alias_name" {
  description = "Name of the alias that triggers invoke."
  value       = local.alias_name
  depends_on  = [aws_iam_role_policy.execution, aws_lambda_alias.live]
}

output "architecture" {
  description = "Instruction set that the function runs on."
  value       = local.architecture
}

output "arn" {
  description = "ARN of the function, without a version."
  value       = local.arn
  depends_on  = [aws_iam_role_policy.execution, aws_lambda_function.function]
}

output "code_sha256" {
  description = "Hash of the deployed package, as Lambda gives it: of a zip the base64 of its SHA-256."
  value       = aws_lambda_function.function.code_sha256
}

output "grants" {
  description = "What others can be allowed to do with the function: invoke."
  value = {
    invoke = {
      actions   = ["lambda:InvokeFunction"]
      resources = [local.alias_arn]
    }
  }
  depends_on = [aws_lambda_alias.live]
}

output "invoke_arn" {
  description = "ARN by which API Gateway integrates the alias live."
  value       = "arn:${local.partition}:apigateway:${local.region}:lambda:path/2015-03-31/functions/${local.alias_arn}/invocations"
  depends_on  = [aws_iam_role_policy.execution, aws_lambda_alias.live]
}

output "log_group_name" {
  description = "Name of the log group that the function writes to."
  value       = aws_cloudwatch_log_group.function.name
}

output "memory" {
  description = "Memory of the function in MB."
  value       = var.memory
}

output "name" {
  description = "Name of the function."
  value       = var.name
  depends_on  = [aws_lambda_function.function]
}

output "role_arn" {
  description = "ARN of the execution role."
  value       = aws_iam_role.execution.arn
}

output "role_name" {
  description = "Name of the execution role, to which triggers attach what they need."
  value       = var.name
  depends_on  = [aws_iam_role.execution]
}

output "timeout" {
  description = "Seconds after which Lambda ends an invocation."
  value       = var.timeout
}

output "version" {
  description = "Number of the version that the alias live points to."
  value       = aws_lambda_alias.live.function_version
}

output "widgets" {
  description = "Dashboard widgets of the function, each as JSON."
  value       = [for widget in local.widgets : jsonencode(widget)]
}
