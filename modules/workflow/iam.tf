locals {
  statements = concat(
    [{
      Sid      = "InvokeFunctions"
      Effect   = "Allow"
      Action   = ["lambda:InvokeFunction"]
      Resource = sort(local.aliases)
    }],
    # What Step Functions needs to deliver logs knows no resource, or only all of them:
    # https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
    [for actions in [[
      "logs:CreateLogDelivery",
      "logs:DeleteLogDelivery",
      "logs:DescribeLogGroups",
      "logs:DescribeResourcePolicies",
      "logs:GetLogDelivery",
      "logs:ListLogDeliveries",
      "logs:PutResourcePolicy",
      "logs:UpdateLogDelivery",
      ]] : {
      Sid      = "DeliverLogs"
      Effect   = "Allow"
      Action   = actions
      Resource = ["*"]
    } if local.logged],
    # X-Ray's actions know no resource:
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
    [for actions in [[
      "xray:GetSamplingRules",
      "xray:GetSamplingTargets",
      "xray:PutTelemetryRecords",
      "xray:PutTraceSegments",
      ]] : {
      Sid      = "SendTraces"
      Effect   = "Allow"
      Action   = actions
      Resource = ["*"]
    } if var.tracing],
  )
}

resource "aws_iam_role" "workflow" {
  name                 = local.role_name
  description          = "Role of the workflow ${var.name}"
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "StepFunctionsAssumes"
      Effect    = "Allow"
      Action    = ["sts:AssumeRole"]
      Principal = { Service = ["states.amazonaws.com"] }
      # For this workflow only, not for one that somebody else gives the role to:
      # https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
      Condition = {
        ArnEquals    = { "aws:SourceArn" = [local.arn] }
        StringEquals = { "aws:SourceAccount" = [local.account_id] }
      }
    }]
  })
}

resource "aws_iam_role_policy" "workflow" {
  name   = "workflow"
  role   = aws_iam_role.workflow.name
  policy = jsonencode({ Version = "2012-10-17", Statement = local.statements })
}
