output "alarms" {
  description = "ARNs of the alarms by what they watch: age, and failures where the queue is the module's own."
  value       = { for name, alarm in aws_cloudwatch_metric_alarm.stream : name => alarm.arn }
}

output "failure_queue" {
  description = "The queue that tells of batches given up (arn, name, url); null with on_failure_arn."
  value       = one([for queue in aws_sqs_queue.failures : { arn = local.failure_queue_arn, name = local.failure_queue, url = queue.url }])
}

output "grants" {
  description = "What others of this account can be allowed to do: failures (read the failure queue, where it is the module's own)."
  value = {
    for name, grant in {
      failures = {
        actions   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
        resources = [local.failure_queue_arn]
      }
    } : name => grant if var.on_failure_arn == null
  }
}

output "mapping_uuid" {
  description = "Identifier of the event source mapping between stream and function."
  value       = aws_lambda_event_source_mapping.consume.uuid
}

output "widgets" {
  description = "Dashboard widgets of the stream's consumer."
  value       = local.widgets
}
