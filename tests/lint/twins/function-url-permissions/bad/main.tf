module "orders" {
  source = "../../../parts/function"
  name   = "orders"
}

# expect: function-url-permissions
resource "aws_lambda_function_url" "orders" {
  function_name      = module.orders.name
  qualifier          = "live"
  authorization_type = "NONE"
}

resource "aws_lambda_permission" "url" {
  function_name          = module.orders.name
  qualifier              = "live"
  action                 = "lambda:InvokeFunctionUrl"
  principal              = "*"
  function_url_auth_type = "NONE"
}
