locals {
  name = "ex-sfn"
  tags = {
    Example    = local.name
    Repository = "github.com/example/infra"
  }
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "lambda" {
  name_prefix        = "${local.name}-"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.lambda.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${local.name}"
  retention_in_days = var.retention
}

resource "aws_lambda_function" "this" {
  function_name = local.name
  description   = "Example"
  role          = aws_iam_role.lambda.arn
  handler       = "index.handler"
  runtime       = "nodejs22.x"
  s3_bucket     = "artifacts"
  s3_key        = "lambda.zip"
  timeout       = var.timeout
  memory_size   = 512
  environment {
    variables = {
      TABLE_NAME       = local.name
      TOKEN_SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:token"
      LOG_LEVEL        = "info"
    }
  }
  tags = local.tags
}

variable "retention" {
  default = 14
}

variable "timeout" {
  default = 20
}

data "aws_iam_policy_document" "sfn_assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["states.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "sfn" {
  name               = "${local.name}-sfn"
  assume_role_policy = data.aws_iam_policy_document.sfn_assume.json

  inline_policy {
    name = "invoke"
    policy = jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect   = "Allow"
        Action   = "lambda:InvokeFunction"
        Resource = [aws_lambda_function.this.arn, "${aws_lambda_function.this.arn}:*"]
      }]
    })
  }
}

resource "aws_sfn_state_machine" "this" {
  name     = local.name
  role_arn = aws_iam_role.sfn.arn
  tags     = local.tags

  definition = jsonencode({
    StartAt        = "Work"
    TimeoutSeconds = 600
    States = {
      Work = {
        Type     = "Task"
        Resource = aws_lambda_function.this.arn
        Retry    = [{ ErrorEquals = ["States.ALL"], MaxAttempts = 3 }]
        End      = true
      }
    }
  })
}
