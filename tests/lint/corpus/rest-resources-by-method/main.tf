locals {
  name   = "tickets"
  routes = { "GET" = "list", "POST" = "open" }
}

resource "aws_iam_role" "this" {
  for_each = local.routes

  name = "${local.name}-${each.value}"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["lambda.amazonaws.com"] } }]
  })
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = local.routes

  role       = aws_iam_role.this[each.key].id
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_cloudwatch_log_group" "this" {
  for_each = local.routes

  name              = "/aws/lambda/${local.name}-${each.value}"
  retention_in_days = 30
}

resource "aws_lambda_function" "this" {
  for_each = local.routes

  function_name = "${local.name}-${each.value}"
  role          = aws_iam_role.this[each.key].arn
  handler       = "bootstrap"
  runtime       = "provided.al2023"
  architectures = ["arm64"]
  s3_bucket     = "tickets-artifacts"
  s3_key        = "${each.value}.zip"
  tags          = { Name = local.name }
}

resource "aws_api_gateway_rest_api" "this" {
  name = local.name
  tags = { Name = local.name }
}

resource "aws_api_gateway_resource" "tickets" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = "tickets"
}

resource "aws_api_gateway_method" "this" {
  for_each = local.routes

  rest_api_id      = aws_api_gateway_rest_api.this.id
  resource_id      = aws_api_gateway_resource.tickets.id
  http_method      = each.key
  authorization    = "AWS_IAM"
  api_key_required = each.key == "POST"
}

resource "aws_api_gateway_integration" "this" {
  for_each = local.routes

  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = aws_api_gateway_method.this[each.key].resource_id
  http_method             = aws_api_gateway_method.this[each.key].http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = aws_lambda_function.this[each.key].invoke_arn
}

resource "aws_lambda_permission" "this" {
  for_each = local.routes

  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this[each.key].arn
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.this.execution_arn}/*/${each.key}${aws_api_gateway_resource.tickets.path}"
}

# The browser asks first: answered by the API itself.
resource "aws_api_gateway_method" "options" {
  rest_api_id   = aws_api_gateway_rest_api.this.id
  resource_id   = aws_api_gateway_resource.tickets.id
  http_method   = "OPTIONS"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "options" {
  rest_api_id       = aws_api_gateway_rest_api.this.id
  resource_id       = aws_api_gateway_resource.tickets.id
  http_method       = aws_api_gateway_method.options.http_method
  type              = "MOCK"
  request_templates = { "application/json" = "{\"statusCode\": 204}" }
}

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  triggers = {
    redeployment = sha1(jsonencode([aws_api_gateway_integration.this, aws_api_gateway_method.this]))
  }
}

resource "aws_api_gateway_stage" "this" {
  rest_api_id   = aws_api_gateway_rest_api.this.id
  deployment_id = aws_api_gateway_deployment.this.id
  stage_name    = "live"
}
