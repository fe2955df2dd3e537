locals {
  # Every grant and what belongs to it, one statement each, in the order of their names.
  granted = flatten([
    for name, grant in var.grants : [
      for index, part in concat([grant], grant.also) : {
        sid        = "Grant${replace(title(replace(name, "_", " ")), " ", "")}${index == 0 ? "" : index + 1}"
        actions    = part.actions
        resources  = part.resources
        conditions = part.conditions
      }
    ]
  ])

  execution_statements = concat(
    [{
      Sid      = "WriteOwnLogs"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = ["${local.log_group_arn}:*"]
    }],
    # X-Ray's write actions know no resource:
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
    [for action in [["xray:PutTelemetryRecords", "xray:PutTraceSegments"]] : {
      Sid      = "SendTraces"
      Effect   = "Allow"
      Action   = action
      Resource = ["*"]
    } if var.tracing],
    [for statement in local.granted : merge(
      {
        Sid      = statement.sid
        Effect   = "Allow"
        Action   = sort(statement.actions)
        Resource = sort(statement.resources)
      },
      length(statement.conditions) == 0 ? {} : { Condition = statement.conditions },
    )],
  )

  execution_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.execution_statements
  })
}

resource "aws_iam_role" "execution" {
  name                 = var.name
  description          = "Execution role of the function ${var.name}"
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "LambdaAssumes"
      Effect    = "Allow"
      Action    = ["sts:AssumeRole"]
      Principal = { Service = ["lambda.amazonaws.com"] }
    }]
  })
}

resource "aws_iam_role_policy" "execution" {
  name   = "execution"
  role   = aws_iam_role.execution.name
  policy = local.execution_policy

  lifecycle {
    precondition {
      condition     = length(local.execution_policy) <= 10240
      error_message = "The grants of ${var.name} make a policy of ${length(local.execution_policy)} characters, and a role takes 10240: grant fewer actions, or split the function."
    }
  }
}
