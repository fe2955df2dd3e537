output "alarms" {
  description = "ARNs of the alarms by what they watch: errors and latency, where there are alarms."
  value       = module.bucket.alarms
}

output "arn" {
  description = "ARN of the bucket."
  value       = module.bucket.arn
}

output "bucket" {
  description = "Name of the bucket, once all files are in it."
  value       = module.bucket.bucket
  depends_on  = [aws_s3_object.file]
}

output "cache_control" {
  description = "How long browsers and CloudFront keep each file, by its path."
  value       = local.cache_control
}

output "domain" {
  description = "Domain of the bucket in its region, as an origin of CloudFront."
  value       = module.bucket.domain
}

output "origin" {
  description = "What an origin of cdn takes: origins = { pages = { bucket = module.site.origin } }. It waits for neither policy nor files, since the policy names the distribution."
  value       = { domain = module.bucket.domain }
}

output "widgets" {
  description = "Dashboard widgets of the bucket, each as JSON."
  value       = module.bucket.widgets
}
