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
      Sid    = "WriteOwnLogs"
      Effect = "Allow"
      # A viewer brings the replica to a region, and the group with it: nobody can make it before.
      Action   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = [for region in var.regions == null ? ["*"] : sort(var.regions) : "arn:${local.partition}:logs:${region}:${local.account_id}:log-group:${local.log_group}:*"]
    }],
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
  provider = aws.us_east_1

  name                 = var.name
  description          = "Execution role of the edge function ${var.name}"
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "LambdaAndItsReplicasAssume"
      Effect    = "Allow"
      Action    = ["sts:AssumeRole"]
      Principal = { Service = ["edgelambda.amazonaws.com", "lambda.amazonaws.com"] }
    }]
  })
}

resource "aws_iam_role_policy" "execution" {
  provider = aws.us_east_1

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
