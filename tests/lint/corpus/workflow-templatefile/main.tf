data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

variable "functions" {
  type    = set(string)
  default = ["fetch", "score"]
}

locals {
  arn = { for name in var.functions :
    name => "arn:aws:lambda:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:function:rating-${name}"
  }
}

resource "aws_iam_role" "function" {
  name = "rating-function"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "function" {
  role = aws_iam_role.function.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "arn:aws:logs:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:log-group:/aws/lambda/rating-*"
    }]
  })
}

resource "aws_cloudwatch_log_group" "function" {
  for_each = var.functions

  name              = "/aws/lambda/rating-${each.key}"
  retention_in_days = 30
}

resource "aws_lambda_function" "this" {
  for_each = var.functions

  function_name = "rating-${each.key}"
  role          = aws_iam_role.function.arn
  handler       = "rating.${each.key}"
  runtime       = "python3.13"
  s3_bucket     = "rating-artifacts"
  s3_key        = "rating.zip"
  timeout       = 120
  tags          = { App = "rating" }
}

resource "aws_cloudwatch_log_group" "machine" {
  name              = "/aws/vendedlogs/states/rating"
  retention_in_days = 30
}

resource "aws_iam_role" "machine" {
  name = "rating-machine"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "states.amazonaws.com" } }]
  })
}

data "aws_iam_policy_document" "machine" {
  statement {
    actions   = ["lambda:InvokeFunction"]
    resources = flatten([for arn in local.arn : [arn, "${arn}:*"]])
  }
  statement {
    # These know no ARN.
    actions = [
      "logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeLogGroups",
      "logs:DescribeResourcePolicies", "logs:GetLogDelivery", "logs:ListLogDeliveries",
      "logs:PutResourcePolicy", "logs:UpdateLogDelivery",
    ]
    resources = ["*"]
  }
  statement {
    actions   = ["states:StartExecution"]
    resources = ["arn:aws:states:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:stateMachine:rating"]
  }
  statement {
    actions   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"]
    resources = ["*"]
  }
}

resource "aws_iam_role_policy" "machine" {
  role   = aws_iam_role.machine.name
  policy = data.aws_iam_policy_document.machine.json
}

resource "aws_sfn_state_machine" "rating" {
  name       = "rating"
  role_arn   = aws_iam_role.machine.arn
  definition = templatefile("${path.module}/rating.asl.json", { functions = local.arn })

  logging_configuration {
    level           = "ERROR"
    log_destination = "${aws_cloudwatch_log_group.machine.arn}:*"
  }

  tracing_configuration {
    enabled = true
  }

  tags = { App = "rating" }
}
