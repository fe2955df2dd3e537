resource "aws_cloudwatch_log_group" "function" {
  name              = "/aws/lambda/orders"
  retention_in_days = 30
}

resource "aws_iam_role" "function" {
  name = "orders"
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
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream"]
      Resource = ["arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/orders:*"]
    }]
  })
}

resource "aws_lambda_function" "function" {
  function_name = "orders"
  role          = aws_iam_role.function.arn
  runtime       = "python3.13"
  handler       = "app.handler"
  s3_bucket     = "zips"
  s3_key        = "function.zip"
  timeout       = 10
  publish       = true
  tags          = { Service = "orders" }
  depends_on    = [aws_cloudwatch_log_group.function]
}
