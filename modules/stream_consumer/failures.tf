# Where Lambda tells of batches that it gave up, unless another destination is named.
resource "aws_sqs_queue" "failures" {
  count = var.on_failure_arn == null ? 1 : 0

  name                      = local.failure_queue
  message_retention_seconds = 14 * 86400
  receive_wait_time_seconds = 20
  sqs_managed_sse_enabled   = true
  tags                      = var.tags

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "DenyPlainHttp"
      Effect    = "Deny"
      Action    = ["sqs:*"]
      Resource  = [local.failure_queue_arn]
      Principal = { AWS = ["*"] }
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
