locals {
  key_grant = var.kms_key_arn == null ? [] : [{
    actions   = ["kms:Decrypt", "kms:DescribeKey"]
    resources = [var.kms_key_arn]
    # Only through DynamoDB: the key opens nothing else for the holder of the grant.
    conditions = { StringEquals = { "kms:ViaService" = ["dynamodb.${local.region}.amazonaws.com"] } }
  }]

  # No Scan: a request that reads the whole table is a decision of its own, and has its own grant.
  read_actions  = ["dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:Query"]
  write_actions = ["dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]

  grants = {
    put = {
      actions   = ["dynamodb:BatchWriteItem", "dynamodb:PutItem"]
      resources = [local.arn]
      also      = local.key_grant
    }
    read = {
      actions   = local.read_actions
      resources = concat([local.arn], local.index_arns)
      also      = local.key_grant
    }
    read_write = {
      actions   = concat(local.read_actions, local.write_actions)
      resources = concat([local.arn], local.index_arns)
      also      = local.key_grant
    }
    remove = {
      actions   = ["dynamodb:DeleteItem"]
      resources = [local.arn]
      also      = local.key_grant
    }
    scan = {
      actions   = ["dynamodb:Scan"]
      resources = concat([local.arn], local.index_arns)
      also      = local.key_grant
    }
    stream = {
      actions   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"]
      resources = ["${local.arn}/stream/*"]
      also      = local.key_grant
    }
    write = {
      actions   = local.write_actions
      resources = [local.arn]
      also      = local.key_grant
    }
  }
}
