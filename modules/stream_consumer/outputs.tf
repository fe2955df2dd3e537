output "alarms" {
  description = "ARNs of the alarms by what they watch: age, and failures where the queue is the module's own."
  value       = { for name, alarm in aws_cloudwatch_metric_alarm.stream : name => alarm.arn }
}

output "failure_queue" {
  description = "The queue that tells of batches given up (arn, name, url); null with on_failure_arn."
  value       = one([for queue in module.failures : { arn = queue.arn, name = queue.name, url = queue.url }])
}

output "grants" {
  description = "What others of this account can be allowed to do: failures (read the failure queue, where it is the module's own)."
  value       = { for queue in module.failures : "failures" => queue.grants.receive }
}

output "mapping_uuid" {
  description = "Identifier of the event source mapping between stream and function."
  value       = aws_lambda_event_source_mapping.consume.uuid
}

output "widgets" {
  description = "Dashboard widgets of the stream's consumer, each as JSON."
  value       = [for widget in local.widgets : jsonencode(widget)]
}
