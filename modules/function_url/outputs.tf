output "alarms" {
  description = "ARNs of the alarms by what they watch: errors, latency."
  value       = { for name, alarm in aws_cloudwatch_metric_alarm.url : name => alarm.arn }
}

output "alias_name" {
  description = "Name of the alias that the URL invokes."
  value       = var.function.alias_name
}

output "domain" {
  description = "Host name of the URL, as CloudFront wants an origin."
  value       = "${aws_lambda_function_url.url.url_id}.lambda-url.${local.region}.on.aws"
  depends_on  = [aws_lambda_permission.invoke_function, aws_lambda_permission.invoke_url]
}

output "function_arn" {
  description = "ARN of the function behind the URL, without the alias."
  value       = var.function.arn
}

output "grants" {
  description = "What others of this account can be allowed to do: invoke, through the URL only."
  value = {
    invoke = {
      actions    = ["lambda:InvokeFunctionUrl"]
      resources  = [var.function.alias_arn]
      conditions = { StringEquals = { "lambda:FunctionUrlAuthType" = [var.auth] } }
      also = [{
        actions    = ["lambda:InvokeFunction"]
        resources  = [var.function.alias_arn]
        conditions = { Bool = { "lambda:InvokedViaFunctionUrl" = ["true"] } }
      }]
    }
  }
}

output "region" {
  description = "Region that signatures of requests to the URL name."
  value       = local.region
}

output "url" {
  description = "The URL, with a slash at its end."
  value       = aws_lambda_function_url.url.function_url
  depends_on  = [aws_lambda_permission.invoke_function, aws_lambda_permission.invoke_url]
}

output "widgets" {
  description = "Dashboard widgets of the URL, each as JSON."
  value       = [for widget in local.widgets : jsonencode(widget)]
}
