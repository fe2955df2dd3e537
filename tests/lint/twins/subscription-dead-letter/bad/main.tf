module "orders" {
  source = "../../../parts/function"
  name   = "orders"
}

resource "aws_sns_topic" "orders" {
  name = "orders"
  tags = { Service = "orders" }
}

# expect: subscription-dead-letter
resource "aws_sns_topic_subscription" "orders" {
  topic_arn = aws_sns_topic.orders.arn
  protocol  = "lambda"
  endpoint  = module.orders.alias_arn
}

resource "aws_lambda_permission" "orders" {
  function_name = module.orders.name
  qualifier     = "live"
  action        = "lambda:InvokeFunction"
  principal     = "sns.amazonaws.com"
  source_arn    = aws_sns_topic.orders.arn
}
