resource "aws_sqs_queue" "inline" {
  name                       = "orders-inline"
  visibility_timeout_seconds = 60
  redrive_policy = jsonencode({
    deadLetterTargetArn = "arn:aws:sqs:eu-west-1:123456789012:orders-dead"
    maxReceiveCount     = 5
  })
  tags = { Service = "orders" }
}

resource "aws_iam_role" "inline" {
  name = "orders-inline"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })

  # In the role itself, and known only after apply.
  inline_policy {
    name = "queue"
    policy = jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect   = "Allow"
        Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
        Resource = aws_sqs_queue.inline.arn
        }, {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/orders-inline:*"
      }]
    })
  }
}

resource "aws_cloudwatch_log_group" "inline" {
  name              = "/aws/lambda/orders-inline"
  retention_in_days = 30
}

resource "aws_lambda_function" "inline" {
  function_name = "orders-inline"
  role          = aws_iam_role.inline.arn
  runtime       = "python3.13"
  handler       = "app.handler"
  s3_bucket     = "zips"
  s3_key        = "function.zip"
  timeout       = 10
  tags          = { Service = "orders" }
}

resource "aws_lambda_event_source_mapping" "inline" {
  event_source_arn        = aws_sqs_queue.inline.arn
  function_name           = aws_lambda_function.inline.arn
  function_response_types = ["ReportBatchItemFailures"]
}
