output "arn" {
  description = "ARN of the bucket."
  value       = local.arn
  depends_on  = [aws_s3_bucket.state]
}

output "bucket" {
  description = "Name of the bucket, once it is private, encrypted and versioned: what backend.hcl names."
  value       = var.bucket
  depends_on = [
    aws_s3_bucket_ownership_controls.state,
    aws_s3_bucket_policy.state,
    aws_s3_bucket_server_side_encryption_configuration.state,
    aws_s3_bucket_versioning.state,
  ]
}

output "grants" {
  description = "What others can be allowed to do, by environment: read its state, which a plan does, and write it, which an apply does; both lock it."
  value       = local.grants
  depends_on  = [aws_s3_bucket.state]
}
