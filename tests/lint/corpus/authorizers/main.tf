module "api" {
  source = "../modules/function"
  name   = "notes-api"
}

module "authorizer" {
  source  = "../modules/function"
  name    = "notes-authorizer"
  runtime = "nodejs22.x"
  timeout = 3
}

# REST: API Gateway invokes the authorizer by a role.
data "aws_iam_policy_document" "gateway" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["apigateway.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "gateway" {
  name               = "notes-gateway"
  assume_role_policy = data.aws_iam_policy_document.gateway.json
}

resource "aws_iam_role_policy" "gateway" {
  role = aws_iam_role.gateway.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "lambda:InvokeFunction", Resource = module.authorizer.arn }]
  })
}

resource "aws_api_gateway_rest_api" "notes" {
  name = "notes"
  tags = { App = "notes" }
}

resource "aws_api_gateway_authorizer" "notes" {
  name                             = "token"
  rest_api_id                      = aws_api_gateway_rest_api.notes.id
  type                             = "TOKEN"
  authorizer_uri                   = module.authorizer.invoke_arn
  authorizer_credentials           = aws_iam_role.gateway.arn
  authorizer_result_ttl_in_seconds = 300
}

resource "aws_api_gateway_resource" "any" {
  rest_api_id = aws_api_gateway_rest_api.notes.id
  parent_id   = aws_api_gateway_rest_api.notes.root_resource_id
  path_part   = "{proxy+}"
}

resource "aws_api_gateway_method" "any" {
  rest_api_id   = aws_api_gateway_rest_api.notes.id
  resource_id   = aws_api_gateway_resource.any.id
  http_method   = "ANY"
  authorization = "CUSTOM"
  authorizer_id = aws_api_gateway_authorizer.notes.id
}

resource "aws_api_gateway_integration" "any" {
  rest_api_id             = aws_api_gateway_rest_api.notes.id
  resource_id             = aws_api_gateway_resource.any.id
  http_method             = aws_api_gateway_method.any.http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = module.api.invoke_arn
}

resource "aws_lambda_permission" "rest" {
  statement_id  = "rest"
  action        = "lambda:InvokeFunction"
  function_name = module.api.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.notes.execution_arn}/*/*/*"
}

# HTTP: by a permission that names the authorizer.
resource "aws_apigatewayv2_api" "notes" {
  name          = "notes"
  protocol_type = "HTTP"
  tags          = { App = "notes" }
}

resource "aws_apigatewayv2_authorizer" "notes" {
  api_id                            = aws_apigatewayv2_api.notes.id
  name                              = "request"
  authorizer_type                   = "REQUEST"
  authorizer_uri                    = module.authorizer.invoke_arn
  authorizer_payload_format_version = "2.0"
  enable_simple_responses           = true
  identity_sources                  = ["$request.header.Authorization"]
}

resource "aws_lambda_permission" "authorizer" {
  statement_id  = "authorizer"
  action        = "lambda:InvokeFunction"
  function_name = module.authorizer.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.notes.execution_arn}/authorizers/${aws_apigatewayv2_authorizer.notes.id}"
}

resource "aws_apigatewayv2_integration" "notes" {
  api_id                 = aws_apigatewayv2_api.notes.id
  integration_type       = "AWS_PROXY"
  integration_uri        = module.api.invoke_arn
  payload_format_version = "2.0"
  timeout_milliseconds   = 12000
}

resource "aws_apigatewayv2_route" "notes" {
  for_each = toset(["GET /notes", "GET /notes/{id}", "PUT /notes/{id}", "$default"])

  api_id             = aws_apigatewayv2_api.notes.id
  route_key          = each.key
  target             = "integrations/${aws_apigatewayv2_integration.notes.id}"
  authorization_type = "CUSTOM"
  authorizer_id      = aws_apigatewayv2_authorizer.notes.id
}

resource "aws_lambda_permission" "http" {
  for_each = toset(["GET/notes", "GET/notes/*", "PUT/notes/*", "$default"])

  statement_id  = "http-${md5(each.key)}"
  action        = "lambda:InvokeFunction"
  function_name = module.api.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.notes.execution_arn}/*/${each.key}"
}

resource "aws_apigatewayv2_stage" "notes" {
  api_id      = aws_apigatewayv2_api.notes.id
  name        = "$default"
  auto_deploy = true
}
