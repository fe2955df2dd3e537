output "alarms" {
  description = "ARNs of the alarms by what they watch: read_throttles, write_throttles."
  value       = { for name, alarm in aws_cloudwatch_metric_alarm.table : name => alarm.arn }
}

output "arn" {
  description = "ARN of the table."
  value       = local.arn
  depends_on  = [aws_dynamodb_table.table]
}

output "grants" {
  description = "What others can be allowed to do with the table: read, write, read_write (by key and by query), put, remove, scan, stream."
  value       = local.grants
  depends_on  = [aws_dynamodb_table.table]
}

output "name" {
  description = "Name of the table."
  value       = var.name
  depends_on  = [aws_dynamodb_table.table]
}

output "stream_arn" {
  description = "ARN of the table's stream; null without one."
  value       = var.stream == null ? null : aws_dynamodb_table.table.stream_arn
}

output "widgets" {
  description = "Dashboard widgets of the table, each as JSON."
  value       = [for widget in local.widgets : jsonencode(widget)]
}
