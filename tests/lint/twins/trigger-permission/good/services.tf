resource "aws_iot_topic_rule" "orders" {
  name        = "orders"
  enabled     = true
  sql         = "SELECT * FROM 'orders'"
  sql_version = "2016-03-23"

  lambda {
    function_arn = module.orders.alias_arn
  }
}

resource "aws_ses_receipt_rule_set" "main" {
  rule_set_name = "main"
}

resource "aws_ses_receipt_rule" "orders" {
  name          = "orders"
  rule_set_name = aws_ses_receipt_rule_set.main.rule_set_name

  lambda_action {
    function_arn = module.orders.alias_arn
    position     = 1
  }
}

resource "aws_config_config_rule" "orders" {
  name = "orders"

  source {
    owner             = "CUSTOM_LAMBDA"
    source_identifier = module.orders.alias_arn

    source_detail {
      message_type = "ConfigurationItemChangeNotification"
    }
  }
}

resource "aws_cognito_user_pool" "orders" {
  name = "orders"

  lambda_config {
    pre_sign_up = module.orders.alias_arn
  }
}

resource "aws_secretsmanager_secret" "orders" {
  name = "orders"
}

resource "aws_secretsmanager_secret_rotation" "orders" {
  secret_id           = aws_secretsmanager_secret.orders.id
  rotation_lambda_arn = module.orders.alias_arn

  rotation_rules {
    automatically_after_days = 30
  }
}

resource "aws_cloudwatch_log_subscription_filter" "orders" {
  name            = "orders"
  log_group_name  = "/services/orders"
  filter_pattern  = ""
  destination_arn = module.orders.alias_arn
}

resource "aws_lb_target_group" "orders" {
  name        = "orders"
  target_type = "lambda"
}

resource "aws_lb_target_group_attachment" "orders" {
  target_group_arn = aws_lb_target_group.orders.arn
  target_id        = module.orders.alias_arn
}

resource "aws_lambda_permission" "iot" {
  function_name = module.orders.name
  qualifier     = "live"
  action        = "lambda:InvokeFunction"
  principal     = "iot.amazonaws.com"
  source_arn    = aws_iot_topic_rule.orders.arn
}

resource "aws_lambda_permission" "ses" {
  function_name  = module.orders.name
  qualifier      = "live"
  action         = "lambda:InvokeFunction"
  principal      = "ses.amazonaws.com"
  source_account = "123456789012"
}

resource "aws_lambda_permission" "config" {
  function_name  = module.orders.name
  qualifier      = "live"
  action         = "lambda:InvokeFunction"
  principal      = "config.amazonaws.com"
  source_account = "123456789012"
}

resource "aws_lambda_permission" "cognito" {
  function_name = module.orders.name
  qualifier     = "live"
  action        = "lambda:InvokeFunction"
  principal     = "cognito-idp.amazonaws.com"
  source_arn    = aws_cognito_user_pool.orders.arn
}

resource "aws_lambda_permission" "secret" {
  function_name = module.orders.name
  qualifier     = "live"
  action        = "lambda:InvokeFunction"
  principal     = "secretsmanager.amazonaws.com"
  source_arn    = aws_secretsmanager_secret.orders.arn
}

resource "aws_lambda_permission" "logs" {
  function_name = module.orders.name
  qualifier     = "live"
  action        = "lambda:InvokeFunction"
  principal     = "logs.eu-west-1.amazonaws.com"
  source_arn    = "arn:aws:logs:eu-west-1:123456789012:log-group:/services/orders:*"
}

resource "aws_lambda_permission" "alb" {
  function_name = module.orders.name
  qualifier     = "live"
  action        = "lambda:InvokeFunction"
  principal     = "elasticloadbalancing.amazonaws.com"
  source_arn    = aws_lb_target_group.orders.arn
}

# Quick create: the API makes integration and route itself.
resource "aws_apigatewayv2_api" "quick" {
  name          = "quick"
  protocol_type = "HTTP"
  target        = module.orders.alias_arn
  tags          = { Service = "orders" }
}

resource "aws_lambda_permission" "quick" {
  function_name = module.orders.name
  qualifier     = "live"
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.quick.execution_arn}/*/$default"
}
