# What the twins of plan rules invoke: a function with all that it should have.

variable "name" {
  type = string
}

variable "timeout" {
  type    = number
  default = 10
}

variable "statements" {
  type = list(object({
    Effect   = string
    Action   = list(string)
    Resource = list(string)
  }))
  default = []
}

locals {
  arn = "arn:aws:lambda:eu-west-1:123456789012:function:${var.name}"
}

resource "aws_cloudwatch_log_group" "function" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = 30
}

resource "aws_iam_role" "function" {
  name = var.name
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "function" {
  name = "function"
  role = aws_iam_role.function.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = ["arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/${var.name}:*"]
    }], var.statements)
  })
}

resource "aws_lambda_function" "function" {
  function_name = var.name
  role          = aws_iam_role.function.arn
  runtime       = "python3.13"
  handler       = "app.handler"
  s3_bucket     = "zips"
  s3_key        = "function.zip"
  timeout       = var.timeout
  publish       = true
  tags          = { Service = var.name }
  depends_on    = [aws_cloudwatch_log_group.function]
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.function.function_name
  function_version = aws_lambda_function.function.version
}

output "alias_arn" {
  value = "${local.arn}:live"
}

output "arn" {
  value = local.arn
}

output "name" {
  value = aws_lambda_function.function.function_name
}

output "role_name" {
  value = aws_iam_role.function.name
}
