output "alarms" {
  description = "ARNs of the alarms by what they watch: errors and latency, where there are alarms."
  value       = { for name, alarm in aws_cloudwatch_metric_alarm.bucket : name => alarm.arn }
}

output "arn" {
  description = "ARN of the bucket."
  value       = local.arn
  depends_on  = [aws_s3_bucket.bucket]
}

output "bucket" {
  description = "Name of the bucket, once it is private, encrypted and versioned."
  value       = var.bucket
  depends_on = [
    aws_s3_bucket_ownership_controls.bucket,
    aws_s3_bucket_policy.bucket,
    aws_s3_bucket_server_side_encryption_configuration.bucket,
    aws_s3_bucket_versioning.bucket,
  ]
}

# Not once its policy stands: that may name the distribution whose origin this is.
output "domain" {
  description = "Domain of the bucket in its region, as an origin of CloudFront."
  value       = "${var.bucket}.s3.${local.region}.${data.aws_partition.current.dns_suffix}"
  depends_on  = [aws_s3_bucket.bucket]
}

output "grants" {
  description = "What others can be allowed to do: read and write by prefix, and list the bucket, without which a missing object is \"access denied\"."
  value       = local.grants
  depends_on  = [aws_s3_bucket.bucket]
}

output "key_use" {
  description = "What grants of your own on objects need as `also`, to read and to write: the use of the key; nothing without a key of your own."
  value       = local.key_use
}

output "widgets" {
  description = "Dashboard widgets of the bucket, each as JSON."
  value       = [for widget in local.widgets : jsonencode(widget)]
}
