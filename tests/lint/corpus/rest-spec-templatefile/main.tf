variable "stage" {
  type    = string
  default = "v1"
}

locals {
  # Path, method and what it may be called by: the specification and the permissions read it.
  operations = {
    list   = { method = "get", path = "/books" }
    create = { method = "post", path = "/books" }
    read   = { method = "get", path = "/books/{id}" }
  }
}

resource "aws_iam_role" "books" {
  name                = "books-api"
  assume_role_policy  = data.aws_iam_policy_document.assume.json
  managed_policy_arns = ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]
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

resource "aws_cloudwatch_log_group" "books" {
  name              = "/aws/lambda/books-api"
  retention_in_days = 14
}

resource "aws_lambda_function" "books" {
  function_name = "books-api"
  role          = aws_iam_role.books.arn
  handler       = "books.handler"
  runtime       = "python3.13"
  s3_bucket     = "books-artifacts"
  s3_key        = "books.zip"
  timeout       = 15

  environment {
    variables = {
      STAGE     = var.stage
      LOG_LEVEL = "INFO"
    }
  }

  tags = { App = "books" }
}

resource "aws_api_gateway_rest_api" "books" {
  name = "books"
  body = templatefile("${path.module}/openapi.json.tftpl", {
    uri        = aws_lambda_function.books.invoke_arn
    operations = local.operations
  })

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  tags = { App = "books" }
}

resource "aws_api_gateway_deployment" "books" {
  rest_api_id = aws_api_gateway_rest_api.books.id
  triggers    = { redeployment = sha1(aws_api_gateway_rest_api.books.body) }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/aws/apigateway/books"
  retention_in_days = 30
}

resource "aws_api_gateway_stage" "books" {
  rest_api_id          = aws_api_gateway_rest_api.books.id
  deployment_id        = aws_api_gateway_deployment.books.id
  stage_name           = var.stage
  xray_tracing_enabled = true

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format          = jsonencode({ id = "$context.requestId", status = "$context.status" })
  }
}

resource "aws_lambda_permission" "books" {
  for_each = local.operations

  statement_id  = "books-${each.key}"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.books.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.books.execution_arn}/${aws_api_gateway_stage.books.stage_name}/${upper(each.value.method)}${replace(each.value.path, "/\\{\\w+\\}/", "*")}"
}
