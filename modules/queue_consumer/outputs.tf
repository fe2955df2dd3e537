output "alarms" {
  description = "ARNs of the alarms by what they watch: age, dlq."
  value       = { for name, alarm in aws_cloudwatch_metric_alarm.queue : name => alarm.arn }
}

output "arn" {
  description = "ARN of the queue."
  value       = local.arn
  depends_on  = [aws_sqs_queue.queue]
}

output "dlq" {
  description = "The dead-letter queue: arn, name, url."
  value       = { arn = module.dlq.arn, name = module.dlq.name, url = module.dlq.url }
}

# Waits for nothing, so that the consumer itself may be granted to send to its own queue.
output "grants" {
  description = "What others of this account can be allowed to do with the queue: receive, redrive (bring back what is in the dead-letter queue), send."
  value       = local.grants
}

output "mapping_uuid" {
  description = "Identifier of the event source mapping between queue and function."
  value       = aws_lambda_event_source_mapping.consume.uuid
}

output "name" {
  description = "Name of the queue, with .fifo at its end if it is one."
  value       = local.name
  depends_on  = [aws_sqs_queue.queue]
}

output "url" {
  description = "URL of the queue, which senders name."
  value       = aws_sqs_queue.queue.url
}

output "widgets" {
  description = "Dashboard widgets of the queue, each as JSON."
  value       = [for widget in local.widgets : jsonencode(widget)]
}
