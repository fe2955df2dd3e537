locals {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid       = "DenyPlainHttp"
        Effect    = "Deny"
        Action    = ["sqs:*"]
        Resource  = [local.arn]
        Principal = { AWS = ["*"] }
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }],
      [for name, sender in var.senders : {
        Sid       = "Allow${replace(title(replace(name, "_", " ")), " ", "")}"
        Effect    = "Allow"
        Action    = ["sqs:SendMessage"]
        Resource  = [local.arn]
        Principal = { Service = [sender.service] }
        Condition = merge(
          { ArnLike = { "aws:SourceArn" = sort(sender.source_arns) } },
          [for account in [local.source_accounts[name]] : { StringEquals = { "aws:SourceAccount" = account } } if account != null]...
        )
      }],
    )
  })

  # An ARN without an account, as a bucket's, is whoever's takes the name next.
  source_accounts = {
    for name, sender in var.senders : name => (
      sender.source_account != null ? sender.source_account :
      anytrue([for arn in sender.source_arns : try(split(":", arn)[4], "") == ""]) ? local.account_id : null
    )
  }

  grants = {
    for name, grant in {
      receive = {
        actions     = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
        key_actions = ["kms:Decrypt"]
      }
      send = {
        actions     = ["sqs:SendMessage"]
        key_actions = ["kms:Decrypt", "kms:GenerateDataKey"]
      }
      } : name => {
      actions   = grant.actions
      resources = [local.arn]
      also = var.kms_key_arn == null ? [] : [{
        actions   = grant.key_actions
        resources = [var.kms_key_arn]
        # Only through SQS: the key opens nothing else for the holder of the grant.
        conditions = { StringEquals = { "kms:ViaService" = ["sqs.${local.region}.amazonaws.com"] } }
      }]
    }
  }
}
