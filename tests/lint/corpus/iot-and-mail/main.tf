data "aws_caller_identity" "current" {}

module "telemetry" {
  source = "../modules/function"
  name   = "telemetry"
}

module "mail" {
  source  = "../modules/function"
  name    = "mail-in"
  timeout = 25
}

resource "aws_iot_topic_rule" "telemetry" {
  name        = "telemetry"
  enabled     = true
  sql         = "SELECT *, topic(2) AS device FROM 'devices/+/telemetry' WHERE battery < 20"
  sql_version = "2016-03-23"

  lambda {
    function_arn = module.telemetry.arn
  }

  error_action {
    sqs {
      queue_url  = aws_sqs_queue.telemetry_failed.url
      role_arn   = aws_iam_role.iot.arn
      use_base64 = false
    }
  }
}

resource "aws_lambda_permission" "iot" {
  statement_id  = "iot"
  action        = "lambda:InvokeFunction"
  function_name = module.telemetry.name
  principal     = "iot.amazonaws.com"
  source_arn    = aws_iot_topic_rule.telemetry.arn
}

resource "aws_sqs_queue" "telemetry_failed" {
  name = "telemetry-failed"
  tags = { App = "telemetry" }
}

resource "aws_iam_role" "iot" {
  name = "telemetry-iot"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "iot.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "iot" {
  role = aws_iam_role.iot.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.telemetry_failed.arn }]
  })
}

resource "aws_ses_receipt_rule_set" "main" {
  rule_set_name = "main"
}

resource "aws_ses_receipt_rule" "orders" {
  name          = "orders"
  rule_set_name = aws_ses_receipt_rule_set.main.rule_set_name
  recipients    = ["orders@example.org"]
  enabled       = true
  scan_enabled  = true
  tls_policy    = "Require"

  lambda_action {
    function_arn    = module.mail.arn
    invocation_type = "Event"
    position        = 1
  }

  depends_on = [aws_lambda_permission.ses]
}

# The rule looks for the permission when it is made, so this cannot name it.
resource "aws_lambda_permission" "ses" {
  statement_id   = "ses"
  action         = "lambda:InvokeFunction"
  function_name  = module.mail.name
  principal      = "ses.amazonaws.com"
  source_account = data.aws_caller_identity.current.account_id
}
