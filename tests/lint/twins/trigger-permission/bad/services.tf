# expect: trigger-permission
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

# expect: trigger-permission
resource "aws_ses_receipt_rule" "orders" {
  name          = "orders"
  rule_set_name = aws_ses_receipt_rule_set.main.rule_set_name

  lambda_action {
    function_arn = module.orders.alias_arn
    position     = 1
  }
}

# expect: trigger-permission
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

# expect: trigger-permission
resource "aws_cognito_user_pool" "orders" {
  name = "orders"

  lambda_config {
    pre_sign_up = module.orders.alias_arn
  }
}

resource "aws_secretsmanager_secret" "orders" {
  name = "orders"
}

# expect: trigger-permission
resource "aws_secretsmanager_secret_rotation" "orders" {
  secret_id           = aws_secretsmanager_secret.orders.id
  rotation_lambda_arn = module.orders.alias_arn

  rotation_rules {
    automatically_after_days = 30
  }
}

# expect: trigger-permission
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

# expect: trigger-permission
resource "aws_lb_target_group_attachment" "orders" {
  target_group_arn = aws_lb_target_group.orders.arn
  target_id        = module.orders.alias_arn
}

# For another rule, and of another service: neither helps.
resource "aws_lambda_permission" "other_rule" {
  function_name = module.orders.name
  qualifier     = "live"
  action        = "lambda:InvokeFunction"
  principal     = "iot.amazonaws.com"
  source_arn    = "arn:aws:iot:eu-west-1:123456789012:rule/other"
}

resource "aws_lambda_permission" "other_service" {
  function_name = module.orders.name
  qualifier     = "live"
  action        = "lambda:InvokeFunction"
  principal     = "sqs.amazonaws.com"
  source_arn    = "arn:aws:sqs:eu-west-1:123456789012:orders"
}
