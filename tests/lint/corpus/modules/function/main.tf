variable "name" {
  type = string
}

variable "runtime" {
  type    = string
  default = "python3.13"
}

variable "timeout" {
  type    = number
  default = 10
}

variable "policy" {
  description = "Policy document, or null"
  type        = string
  default     = null
}

variable "attach_policy" {
  type    = bool
  default = false
}

variable "tags" {
  type    = map(string)
  default = { ManagedBy = "terraform" }
}

locals {
  log_group = "/aws/lambda/${var.name}"
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

resource "aws_iam_role" "this" {
  name               = var.name
  assume_role_policy = data.aws_iam_policy_document.assume.json
  tags               = var.tags
}

resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.this.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_role_policy" "own" {
  count = var.attach_policy ? 1 : 0

  name   = "own"
  role   = aws_iam_role.this.id
  policy = var.policy
}

resource "aws_cloudwatch_log_group" "this" {
  name              = local.log_group
  retention_in_days = 30
  tags              = var.tags
}

resource "aws_lambda_function" "this" {
  function_name = var.name
  role          = aws_iam_role.this.arn
  handler       = "app.handler"
  runtime       = var.runtime
  s3_bucket     = "artifacts"
  s3_key        = "${var.name}.zip"
  timeout       = var.timeout
  tags          = var.tags

  depends_on = [aws_cloudwatch_log_group.this]
}

output "arn" {
  value = aws_lambda_function.this.arn
}

output "invoke_arn" {
  value = aws_lambda_function.this.invoke_arn
}

output "name" {
  value = aws_lambda_function.this.function_name
}

output "log_group_arn" {
  value = aws_cloudwatch_log_group.this.arn
}

output "log_group_name" {
  value = aws_cloudwatch_log_group.this.name
}
