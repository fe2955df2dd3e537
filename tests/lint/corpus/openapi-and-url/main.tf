locals {
  name = "ex-openapi"
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

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version
}

resource "aws_api_gateway_rest_api" "this" {
  name = local.name
  tags = local.tags
  body = jsonencode({
    openapi = "3.0.1"
    info    = { title = local.name, version = "1" }
    paths = {
      "/items" = {
        get = {
          x-amazon-apigateway-integration = {
            type       = "aws_proxy"
            httpMethod = "POST"
            uri        = aws_lambda_alias.live.invoke_arn
          }
        }
      }
    }
  })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lambda_permission" "api" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this.function_name
  qualifier     = aws_lambda_alias.live.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.this.execution_arn}/*"
}

resource "aws_lambda_function_url" "live" {
  function_name      = aws_lambda_function.this.function_name
  qualifier          = aws_lambda_alias.live.name
  authorization_type = "AWS_IAM"
}

resource "aws_cognito_user_pool" "this" {
  name = local.name

  lambda_config {
    pre_sign_up = aws_lambda_alias.live.arn
  }
}

resource "aws_lambda_permission" "cognito" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this.function_name
  qualifier     = aws_lambda_alias.live.name
  principal     = "cognito-idp.amazonaws.com"
  source_arn    = aws_cognito_user_pool.this.arn
}
