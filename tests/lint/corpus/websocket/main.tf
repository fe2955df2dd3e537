locals {
  routes = ["$connect", "$disconnect", "$default", "move"]
}

module "game" {
  source  = "../modules/function"
  name    = "game"
  runtime = "nodejs22.x"

  attach_policy = true
  policy        = data.aws_iam_policy_document.game.json
}

data "aws_iam_policy_document" "game" {
  statement {
    actions   = ["execute-api:ManageConnections"]
    resources = ["${aws_apigatewayv2_api.game.execution_arn}/${aws_apigatewayv2_stage.game.name}/POST/@connections/*"]
  }
  statement {
    actions   = ["dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:Query"]
    resources = [aws_dynamodb_table.connections.arn, "${aws_dynamodb_table.connections.arn}/index/*"]
  }
}

resource "aws_dynamodb_table" "connections" {
  name         = "game-connections"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  ttl {
    attribute_name = "expires"
    enabled        = true
  }

  tags = { App = "game" }
}

resource "aws_apigatewayv2_api" "game" {
  name                       = "game"
  protocol_type              = "WEBSOCKET"
  route_selection_expression = "$request.body.action"
  tags                       = { App = "game" }
}

resource "aws_apigatewayv2_integration" "game" {
  api_id                    = aws_apigatewayv2_api.game.id
  integration_type          = "AWS_PROXY"
  integration_method        = "POST"
  integration_uri           = module.game.invoke_arn
  content_handling_strategy = "CONVERT_TO_TEXT"
}

resource "aws_apigatewayv2_route" "game" {
  count = length(local.routes)

  api_id    = aws_apigatewayv2_api.game.id
  route_key = local.routes[count.index]
  target    = "integrations/${aws_apigatewayv2_integration.game.id}"
}

resource "aws_apigatewayv2_deployment" "game" {
  api_id   = aws_apigatewayv2_api.game.id
  triggers = { routes = sha1(jsonencode(aws_apigatewayv2_route.game[*].route_key)) }
}

resource "aws_apigatewayv2_stage" "game" {
  api_id        = aws_apigatewayv2_api.game.id
  deployment_id = aws_apigatewayv2_deployment.game.id
  name          = "live"
}

resource "aws_lambda_permission" "game" {
  for_each = toset(local.routes)

  action        = "lambda:InvokeFunction"
  function_name = module.game.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.game.execution_arn}/*/${each.value}"
}
