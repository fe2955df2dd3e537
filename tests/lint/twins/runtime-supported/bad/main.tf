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
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = ["arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/orders:*"]
    }]
  })
}

# expect: runtime-supported
resource "aws_lambda_function" "function" {
  function_name = "orders"
  role          = aws_iam_role.function.arn
  runtime       = "python3.8"
  handler       = "app.handler"
  s3_bucket     = "zips"
  s3_key        = "function.zip"
  timeout       = 10
  publish       = true
  tags          = { Service = "orders" }
  depends_on    = [aws_cloudwatch_log_group.function]
}

resource "aws_cloudwatch_log_group" "prices" {
  name              = "/aws/lambda/prices"
  retention_in_days = 30
}

resource "aws_iam_role" "prices" {
  name = "prices"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "prices" {
  name = "prices"
  role = aws_iam_role.prices.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = ["arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/prices:*"]
    }]
  })
}

# expect: runtime-supported
resource "aws_lambda_function" "prices" {
  function_name = "prices"
  role          = aws_iam_role.prices.arn
  runtime       = "provided.al2"
  handler       = "bootstrap"
  s3_bucket     = "zips"
  s3_key        = "function.zip"
  timeout       = 10
  publish       = true
  tags          = { Service = "prices" }
  depends_on    = [aws_cloudwatch_log_group.prices]
}
