output "alarms" {
  description = "ARNs of the alarms by function and what they watch: dropped, waiting."
  value       = { for name, alarm in aws_cloudwatch_metric_alarm.uploads : name => alarm.arn }
}

output "arn" {
  description = "ARN of the bucket."
  value       = module.bucket.arn
}

output "bucket" {
  description = "Name of the bucket, once an upload finds its function."
  value       = module.bucket.bucket
  depends_on  = [aws_s3_bucket_notification.uploads]
}

output "grants" {
  description = "What others can be allowed to do, by rule: upload and read where it watches, write and results (read) where its function writes."
  value       = local.grants
}

output "widgets" {
  description = "Dashboard widgets of the bucket and of its functions' uploads, each as JSON."
  value       = concat([for widget in local.widgets : jsonencode(widget)], module.bucket.widgets)
}
