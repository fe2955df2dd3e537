locals {
  methods = toset(["GET", "POST"])
}

resource "aws_api_gateway_rest_api" "tickets" {
  name = "tickets"
  tags = { Service = "tickets" }
}

resource "aws_api_gateway_resource" "tickets" {
  rest_api_id = aws_api_gateway_rest_api.tickets.id
  parent_id   = aws_api_gateway_rest_api.tickets.root_resource_id
  path_part   = "tickets"
}

resource "aws_api_gateway_resource" "ticket" {
  rest_api_id = aws_api_gateway_rest_api.tickets.id
  parent_id   = aws_api_gateway_resource.tickets.id
  path_part   = "{id}"
}

resource "aws_api_gateway_integration" "tickets" {
  for_each = local.methods

  rest_api_id             = aws_api_gateway_rest_api.tickets.id
  resource_id             = aws_api_gateway_resource.ticket.id
  http_method             = each.key
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${module.orders.alias_arn}/invocations"
}

resource "aws_lambda_permission" "tickets" {
  function_name = module.orders.name
  qualifier     = "live"
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.tickets.execution_arn}/live/*/tickets/{id}"
}

resource "aws_apigatewayv2_api" "parcels" {
  name          = "parcels"
  protocol_type = "HTTP"
  tags          = { Service = "parcels" }
}

resource "aws_apigatewayv2_integration" "parcels" {
  api_id           = aws_apigatewayv2_api.parcels.id
  integration_type = "AWS_PROXY"
  integration_uri  = module.orders.alias_arn
}

resource "aws_apigatewayv2_route" "parcels" {
  for_each = toset(["GET /parcels", "GET /parcels/{id}"])

  api_id    = aws_apigatewayv2_api.parcels.id
  route_key = each.key
  target    = "integrations/${aws_apigatewayv2_integration.parcels.id}"
}

resource "aws_lambda_permission" "parcels" {
  for_each = toset(["", "/*"])

  function_name = module.orders.name
  qualifier     = "live"
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.parcels.execution_arn}/*/GET/parcels${each.key}"
}
