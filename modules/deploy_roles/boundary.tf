locals {
  # More than any role of an environment has, and nothing of another environment.
  boundary_statements = {
    for key, arns in local.arns : key => [
      { Sid = "Buckets", Action = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions", "s3:PutObject"], Resource = [arns.buckets] },
      { Sid = "Events", Action = ["events:PutEvents"], Resource = ["arn:${local.partition}:events:${local.region}:${local.account_id}:event-bus/*"] },
      { Sid = "Functions", Action = ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"], Resource = [arns.functions] },
      { Sid = "Keys", Action = ["kms:Decrypt", "kms:GenerateDataKey"], Resource = ["arn:${local.partition}:kms:${local.region}:${local.account_id}:key/*"], Condition = { StringEquals = { "kms:ViaService" = [for service in ["dynamodb", "kinesis", "lambda", "s3", "sns", "sqs"] : "${service}.${local.region}.amazonaws.com"] } } },
      { Sid = "LogDeliveries", Action = ["logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies", "logs:GetLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:UpdateLogDelivery"], Resource = ["*"] },
      { Sid = "Logs", Action = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], Resource = local.log_groups[key] },
      { Sid = "Networks", Action = ["ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses"], Resource = ["*"], Condition = local.here },
      { Sid = "Queues", Action = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage", "sqs:SendMessage"], Resource = [arns.queues] },
      { Sid = "Streams", Action = ["kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"], Resource = [arns.streams] },
      { Sid = "Tables", Action = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:DescribeStream", "dynamodb:GetItem", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem"], Resource = [arns.tables] },
      { Sid = "Topics", Action = ["sns:Publish"], Resource = [arns.topics] },
      { Sid = "Traces", Action = ["xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"], Resource = ["*"] },
      { Sid = "Workflows", Action = ["states:SendTaskFailure", "states:SendTaskHeartbeat", "states:SendTaskSuccess", "states:StartExecution", "states:StartSyncExecution"], Resource = [arns.machines] },
    ]
  }
  boundary_policies = {
    for key, statements in local.boundary_statements : key => jsonencode({
      Version   = "2012-10-17"
      Statement = [for statement in statements : merge({ Effect = "Allow" }, statement)]
    })
  }
}

resource "aws_iam_policy" "boundary" {
  for_each = local.boundary_policies

  name        = "${local.names[each.key]}-boundary"
  description = "What roles that a deployment of ${each.key} makes may do at most"
  policy      = each.value
  tags        = var.tags
}
