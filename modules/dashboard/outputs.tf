output "arn" {
  description = "ARN of the dashboard."
  value       = "arn:${local.partition}:cloudwatch::${local.account_id}:dashboard/${var.name}"
  depends_on  = [aws_cloudwatch_dashboard.dashboard]
}

output "name" {
  description = "Name of the dashboard."
  value       = var.name
  depends_on  = [aws_cloudwatch_dashboard.dashboard]
}

output "url" {
  description = "Where the dashboard is seen in the console."
  value       = "https://${local.region}.console.aws.amazon.com/cloudwatch/home?region=${local.region}#dashboards/dashboard/${var.name}"
  depends_on  = [aws_cloudwatch_dashboard.dashboard]
}
