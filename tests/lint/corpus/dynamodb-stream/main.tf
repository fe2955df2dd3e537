locals {
  name = "ex-stream"
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

resource "aws_dynamodb_table" "this" {
  name             = local.name
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "pk"
  range_key        = "sk"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"
  tags             = local.tags

  dynamic "attribute" {
    for_each = toset(["pk", "sk"])

    content {
      name = attribute.value
      type = "S"
    }
  }
}

resource "aws_sns_topic" "failures" {
  name = "${local.name}-failures"
  tags = local.tags
}

resource "aws_iam_role_policy_attachment" "stream" {
  role       = aws_iam_role.lambda.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole"
}

resource "aws_iam_role_policy" "failures" {
  role = aws_iam_role.lambda.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sns:Publish", Resource = aws_sns_topic.failures.arn }]
  })
}

resource "aws_lambda_event_source_mapping" "this" {
  event_source_arn               = aws_dynamodb_table.this.stream_arn
  function_name                  = aws_lambda_function.this.arn
  starting_position              = "LATEST"
  maximum_retry_attempts         = 5
  bisect_batch_on_function_error = true
  function_response_types        = ["ReportBatchItemFailures"]

  destination_config {
    on_failure {
      destination_arn = aws_sns_topic.failures.arn
    }
  }
}
