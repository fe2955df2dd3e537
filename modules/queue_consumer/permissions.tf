locals {
  producers = {
    for name, producer in var.producers : name => {
      sid = "Allow${replace(title(replace(name, "_", " ")), " ", "")}"
      principal = {
        for kind, who in {
          AWS     = producer.account == null ? producer.role : "arn:${local.partition}:iam::${producer.account}:root"
          Service = producer.service
        } : kind => [who] if who != null
      }
      source_arn = producer.source_arn
      # An ARN without an account, as a bucket's, is whoever's takes the name next.
      source_account = producer.source_arn == null ? null : (
        producer.source_account != null ? producer.source_account :
        try(split(":", producer.source_arn)[4], "") == "" ? local.account_id : null
      )
    }
  }

  topics = {
    for name, subscription in var.subscriptions : name => {
      sid            = "Deliver${replace(title(replace(name, "_", " ")), " ", "")}"
      principal      = { Service = ["sns.amazonaws.com"] }
      source_arn     = subscription.topic.arn
      source_account = null
    }
  }

  queue_policy = jsonencode({
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
      [for sender in concat(values(local.producers), values(local.topics)) : merge(
        {
          Sid       = sender.sid
          Effect    = "Allow"
          Action    = ["sqs:SendMessage"]
          Resource  = [local.arn]
          Principal = sender.principal
        },
        sender.source_arn == null ? {} : {
          Condition = merge(
            { ArnLike = { "aws:SourceArn" = sender.source_arn } },
            sender.source_account == null ? {} : {
              StringEquals = { "aws:SourceAccount" = sender.source_account }
            },
          )
        },
      )],
    )
  })

  # Only through SQS: the key opens nothing else for who holds one of these.
  key_condition = { StringEquals = { "kms:ViaService" = ["sqs.${local.region}.amazonaws.com"] } }
  key_grants = {
    for name, actions in {
      receive = ["kms:Decrypt"]
      send    = ["kms:Decrypt", "kms:GenerateDataKey"]
      } : name => var.kms_key_arn == null ? [] : [{
        actions    = actions
        resources  = [var.kms_key_arn]
        conditions = local.key_condition
    }]
  }

  grants = {
    receive = {
      actions   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
      resources = [local.arn]
      also      = local.key_grants.receive
    }
    # What make redrive does, with StartMessageMoveTask or without.
    redrive = {
      actions = [
        "sqs:CancelMessageMoveTask", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl", "sqs:ListDeadLetterSourceQueues", "sqs:ListMessageMoveTasks", "sqs:ReceiveMessage",
        "sqs:StartMessageMoveTask",
      ]
      resources = [local.dlq_arn]
      also = concat(
        [{
          actions    = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"]
          resources  = [local.arn]
          conditions = {}
        }],
        local.key_grants.send,
      )
    }
    send = {
      actions   = ["sqs:SendMessage"]
      resources = [local.arn]
      also      = local.key_grants.send
    }
  }
}

# What Lambda's pollers do with the function's role.
resource "aws_iam_role_policy" "consume" {
  name = "consume-${local.name}"
  role = var.function.role_name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid      = "ConsumeQueue"
        Effect   = "Allow"
        Action   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
        Resource = [local.arn]
      }],
      [for grant in local.key_grants.receive : {
        Sid       = "DecryptMessages"
        Effect    = "Allow"
        Action    = grant.actions
        Resource  = grant.resources
        Condition = grant.conditions
      }],
    )
  })
}
