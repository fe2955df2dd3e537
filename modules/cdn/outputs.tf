output "alarms" {
  description = "ARNs of the alarms by what they watch: errors, and with functions at the edge edge_execution, edge_limit and edge_validation."
  value       = { for name, alarm in aws_cloudwatch_metric_alarm.cdn : name => alarm.arn }
}

output "arn" {
  description = "ARN of the distribution."
  value       = aws_cloudfront_distribution.cdn.arn
}

output "domain" {
  description = "Domain of the distribution at CloudFront, which aliases of yours point to."
  value       = aws_cloudfront_distribution.cdn.domain_name
}

output "hosted_zone_id" {
  description = "Route 53's id of the zone of domain, for alias records."
  value       = aws_cloudfront_distribution.cdn.hosted_zone_id
}

output "id" {
  description = "Id of the distribution."
  value       = aws_cloudfront_distribution.cdn.id
}

output "statements" {
  description = "What the policies of buckets must say, for their input statements: read (an origin), and logs (the bucket that gets access logs)."
  value = {
    logs = {
      actions = ["s3:PutObject"]
      conditions = {
        ArnLike      = { "aws:SourceArn" = ["arn:${local.partition}:logs:${local.home}:${local.account_id}:delivery-source:${var.name}"] }
        StringEquals = { "aws:SourceAccount" = [local.account_id], "s3:x-amz-acl" = ["bucket-owner-full-control"] }
      }
      effect     = "Allow"
      prefixes   = ["AWSLogs/${local.account_id}/"]
      principals = { Service = ["delivery.logs.amazonaws.com"] }
    }
    # With the right to list, S3 says of what is not there that it is not there, and not that it is
    # forbidden. Nobody gets a list: / is index.html.
    read = {
      actions    = ["s3:GetObject", "s3:ListBucket"]
      conditions = { StringEquals = { "aws:SourceArn" = [aws_cloudfront_distribution.cdn.arn] } }
      effect     = "Allow"
      prefixes   = [""]
      principals = { Service = ["cloudfront.amazonaws.com"] }
    }
  }
}

output "url" {
  description = "Where viewers go: the first alias, or CloudFront's own domain."
  value       = "https://${try(var.aliases[0], aws_cloudfront_distribution.cdn.domain_name)}"
  depends_on  = [aws_lambda_permission.invoke_function, aws_lambda_permission.invoke_url]
}

output "widgets" {
  description = "Dashboard widgets of the distribution, whose metrics are in us-east-1, each as JSON."
  value       = [for widget in local.widgets : jsonencode(widget)]
}
