variable "environment" {
  type    = string
  default = "production"
}

output "environment" {
  value = var.environment
}

module "orders" {
  source = "../../../parts/function"
  name   = "orders"
}

# expect: public-function-url
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

resource "aws_lambda_permission" "invoke" {
  function_name = module.orders.name
  qualifier     = "live"
  action        = "lambda:InvokeFunction"
  principal     = "*"
}
