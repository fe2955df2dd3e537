locals {
  dlq_name = "${var.name}-dlq"
  dlq_arn  = "arn:${local.partition}:sqs:${local.region}:${local.account_id}:${local.dlq_name}"

  dlq_key_grant = var.kms_key_arn == null ? [] : [{
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.kms_key_arn]
    # Only through SQS: the key opens nothing else for the holder of the grant.
    conditions = { StringEquals = { "kms:ViaService" = ["sqs.${local.region}.amazonaws.com"] } }
  }]

  dlq_grants = {
    dlq_receive = {
      actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
      resources = [local.dlq_arn]
      also      = local.dlq_key_grant
    }
    dlq_send = {
      actions   = ["sqs:SendMessage"]
      resources = [local.dlq_arn]
      also      = local.dlq_key_grant
    }
  }

  dlq_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "DenyInsecureTransport"
        Effect    = "Deny"
        Action    = ["sqs:*"]
        Principal = { AWS = ["*"] }
        Resource  = [local.dlq_arn]
        Condition = { Bool = { "aws:SecureTransport" = ["false"] } }
      },
      # EventBridge uses no role for a dead-letter queue, whatever it delivers with:
      # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
      {
        Sid       = "EventBridgeSends"
        Effect    = "Allow"
        Action    = ["sqs:SendMessage"]
        Principal = { Service = ["events.amazonaws.com"] }
        Resource  = [local.dlq_arn]
        Condition = { ArnEquals = { "aws:SourceArn" = values(local.arns) } }
      },
    ]
  })
}

resource "aws_sqs_queue" "dlq" {
  for_each = { for name, dlq in { dlq = var.dlq } : name => dlq if dlq != null }

  name                              = local.dlq_name
  kms_data_key_reuse_period_seconds = var.kms_key_arn == null ? null : 300
  kms_master_key_id                 = var.kms_key_arn
  message_retention_seconds         = each.value.retention_days * 86400
  # With the queue rather than beside it: each of the two is waited for half a minute.
  policy                  = local.dlq_policy
  sqs_managed_sse_enabled = var.kms_key_arn == null ? true : null
  tags                    = var.tags
}
