variable "name" {
  type = string
}

variable "create_iam" {
  type    = bool
  default = true
}

variable "role_arn" {
  type    = string
  default = null
}

variable "tags" {
  type    = map(string)
  default = {}
}

data "aws_region" "current" {}

locals {
  role_arn = var.create_iam ? try(aws_iam_role.this[0].arn, "") : var.role_arn
  name     = "${var.name}-${data.aws_region.current.name}"
}

resource "aws_iam_role" "this" {
  count = var.create_iam ? 1 : 0

  name = var.name
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "this" {
  count = var.create_iam ? 1 : 0

  role       = aws_iam_role.this[0].name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${local.name}"
  retention_in_days = 30
}

resource "aws_lambda_function" "this" {
  function_name = local.name
  role          = local.role_arn
  handler       = "status.handler"
  runtime       = "python3.13"
  s3_bucket     = "status-artifacts-${data.aws_region.current.name}"
  s3_key        = "status.zip"
  tags          = var.tags
}

resource "aws_cloudwatch_event_rule" "every_minute" {
  name                = var.name
  schedule_expression = "rate(1 minute)"
}

resource "aws_sqs_queue" "missed" {
  name = "${var.name}-missed"
  tags = var.tags
}

resource "aws_sqs_queue_policy" "missed" {
  queue_url = aws_sqs_queue.missed.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.missed.arn
      Principal = { Service = "events.amazonaws.com" }
      Condition = { ArnEquals = { "aws:SourceArn" = aws_cloudwatch_event_rule.every_minute.arn } }
    }]
  })
}

resource "aws_cloudwatch_event_target" "every_minute" {
  rule = aws_cloudwatch_event_rule.every_minute.name
  arn  = aws_lambda_function.this.arn

  dead_letter_config {
    arn = aws_sqs_queue.missed.arn
  }

  retry_policy {
    maximum_event_age_in_seconds = 60
    maximum_retry_attempts       = 0
  }
}

resource "aws_lambda_permission" "every_minute" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.every_minute.arn
}

output "role_arn" {
  value = local.role_arn
}
