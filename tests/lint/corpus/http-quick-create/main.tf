data "aws_region" "current" {}

resource "aws_iam_role" "hello" {
  name               = "hello"
  assume_role_policy = <<-POLICY
    {
      "Version": "2012-10-17",
      "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    }
  POLICY
}

resource "aws_iam_role_policy_attachment" "hello" {
  role       = aws_iam_role.hello.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_cloudwatch_log_group" "hello" {
  name              = "/aws/lambda/hello"
  retention_in_days = 3
}

resource "aws_lambda_function" "hello" {
  function_name = "hello"
  role          = aws_iam_role.hello.arn
  handler       = "hello.handler"
  runtime       = "ruby3.4"
  s3_bucket     = "hello-artifacts"
  s3_key        = "hello.zip"
  tags          = { Region = data.aws_region.current.name }
}

# Quick create: API, integration, route and stage in one.
resource "aws_apigatewayv2_api" "hello" {
  name          = "hello"
  protocol_type = "HTTP"
  route_key     = "GET /hello"
  target        = aws_lambda_function.hello.arn
  tags          = { Name = "hello" }
}

resource "aws_lambda_permission" "hello" {
  statement_id  = "api"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.hello.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.hello.execution_arn}/*/*/hello"
}
