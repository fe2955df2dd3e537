output "arn" {
  description = "ARN of the function, without a version."
  value       = local.arn
  depends_on  = [aws_lambda_function.function]
}

output "association" {
  description = "What a behavior of cdn takes: the event, the ARN of the published version, and whether it gets the body."
  value = {
    event        = var.event
    include_body = var.include_body
    lambda_arn   = "${local.arn}:${aws_lambda_function.function.version}"
  }
  # CloudFront looks whether the role can be assumed before it takes the function.
  depends_on = [aws_iam_role_policy.execution]
}

output "log_group_name" {
  description = "Name of the log group, the same in each region that the function runs in."
  value       = local.log_group
}

output "name" {
  description = "Name of the function."
  value       = var.name
  depends_on  = [aws_lambda_function.function]
}

output "role_arn" {
  description = "ARN of the execution role."
  value       = "arn:${local.partition}:iam::${local.account_id}:role/${var.name}"
  depends_on  = [aws_iam_role.execution]
}

output "role_name" {
  description = "Name of the execution role."
  value       = var.name
  depends_on  = [aws_iam_role.execution]
}

output "version" {
  description = "Number of the published version."
  value       = aws_lambda_function.function.version
}

output "widgets" {
  description = "Dashboard widgets of the function, in each of the regions that are named, each as JSON."
  value       = [for widget in local.widgets : jsonencode(widget)]
}
