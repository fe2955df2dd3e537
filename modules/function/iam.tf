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

  # Lambda makes the network interfaces with the function's role:
  # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
  network_statements = [
    for statement in [
      {
        Sid       = "ManageNetworkInterfaces"
        Effect    = "Allow"
        Action    = local.network_actions.manage
        Condition = {}
        # Any account: a shared subnet belongs to another one.
        Resource = ["arn:${local.partition}:ec2:${local.region}:*:*/*"]
      },
      # EC2's describing actions know no resource:
      # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
      {
        Sid       = "DescribeNetwork"
        Effect    = "Allow"
        Action    = local.network_actions.describe
        Condition = {}
        Resource  = ["*"]
      },
      # The interfaces are Lambda's business. Code that gets hold of the role's keys could move
      # itself into any subnet with them.
      {
        Sid       = "KeepNetworkFromTheCode"
        Effect    = "Deny"
        Action    = sort(concat(local.network_actions.manage, local.network_actions.describe))
        Condition = { ArnEquals = { "lambda:SourceFunctionArn" = [local.arn] } }
        Resource  = ["*"]
      },
    ] : { for key, value in statement : key => value if length(value) > 0 } if var.vpc != null
  ]
  network_actions = {
    describe = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"]
    manage = [
      "ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
      "ec2:UnassignPrivateIpAddresses",
    ]
  }

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
    local.destination_statements,
    local.network_statements,
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
