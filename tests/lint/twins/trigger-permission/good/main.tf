module "orders" {
  source = "../../../parts/function"
  name   = "orders"
}

resource "aws_apigatewayv2_api" "orders" {
  name          = "orders"
  protocol_type = "HTTP"
  tags          = { Service = "orders" }
}
resource "aws_apigatewayv2_integration" "orders" {
  api_id                 = aws_apigatewayv2_api.orders.id
  integration_type       = "AWS_PROXY"
  integration_uri        = module.orders.alias_arn
  payload_format_version = "2.0"

}

resource "aws_lambda_permission" "api" {
  function_name = module.orders.name
  qualifier     = "live"
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.orders.execution_arn}/*"
}
