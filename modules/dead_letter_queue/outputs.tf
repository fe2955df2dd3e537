output "alarms" {
  description = "ARNs of the alarms by what they watch: depth."
  value       = { for name, alarm in aws_cloudwatch_metric_alarm.queue : name => alarm.arn }
}

output "arn" {
  description = "ARN of the queue, for what a function fails on (async on_failure_arn) and its like."
  value       = local.arn
  depends_on  = [aws_sqs_queue.queue]
}

output "grants" {
  description = "What others of this account can be allowed to do with the queue: receive (read and remove what is in it), send."
  value       = local.grants
  depends_on  = [aws_sqs_queue.queue]
}

output "name" {
  description = "Name of the queue, with .fifo at its end if it is one."
  value       = local.name
  depends_on  = [aws_sqs_queue.queue]
}

output "url" {
  description = "URL of the queue, which senders and readers name."
  value       = aws_sqs_queue.queue.url
}

output "widgets" {
  description = "Dashboard widgets of the queue, each as JSON."
  value       = [for widget in local.widgets : jsonencode(widget)]
}
