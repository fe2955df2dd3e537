locals {
  # https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
  # https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html
  read_actions = {
    dynamodb = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"]
    kinesis  = ["kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"]
  }

  # The table's own grant names its streams by a pattern, so that a plan shows the policy.
  read_grants = concat(
    var.table == null ? [] : concat(
      [{
        actions    = var.table.grants.stream.actions
        resources  = var.table.grants.stream.resources
        conditions = var.table.grants.stream.conditions
      }],
      var.table.grants.stream.also,
    ),
    var.table != null ? [] : [{
      actions    = local.read_actions[try(split(":", var.stream_arn)[2], "dynamodb")]
      resources  = [var.stream_arn]
      conditions = {}
    }],
  )

  failure_service = split(":", local.on_failure_arn)[2]
  failure_grants = [
    for grant in [
      { service = "s3", actions = ["s3:ListBucket"], resource = local.on_failure_arn },
      { service = "s3", actions = ["s3:PutObject"], resource = "${local.on_failure_arn}/*" },
      { service = "sns", actions = ["sns:Publish"], resource = local.on_failure_arn },
      { service = "sqs", actions = ["sqs:SendMessage"], resource = local.on_failure_arn },
    ] : { actions = grant.actions, resources = [grant.resource] } if grant.service == local.failure_service
  ]
}

# What Lambda's pollers do with the function's role.
resource "aws_iam_role_policy" "consume" {
  name = "consume-${var.name}"
  role = var.function.role_name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [for index, grant in local.read_grants : merge(
        {
          Sid      = "ReadStream${index == 0 ? "" : index + 1}"
          Effect   = "Allow"
          Action   = sort(grant.actions)
          Resource = sort(grant.resources)
        },
        length(grant.conditions) == 0 ? {} : { Condition = grant.conditions },
      )],
      [for index, grant in local.failure_grants : {
        Sid      = "TellOfFailures${index == 0 ? "" : index + 1}"
        Effect   = "Allow"
        Action   = grant.actions
        Resource = grant.resources
      }],
    )
  })
}
