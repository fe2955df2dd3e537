data "aws_region" "current" {}

variable "services" {
  type    = list(string)
  default = ["cart", "search", "checkout"]
}

module "shipper" {
  source  = "../modules/function"
  name    = "log-shipper"
  timeout = 60
}

resource "aws_cloudwatch_log_group" "service" {
  for_each = toset(var.services)

  name              = "/services/${each.key}"
  retention_in_days = each.key == "checkout" ? 90 : 14
}

resource "aws_cloudwatch_log_subscription_filter" "shipper" {
  for_each = aws_cloudwatch_log_group.service

  name            = "to-shipper"
  log_group_name  = each.value.name
  filter_pattern  = "{ $.level = \"ERROR\" }"
  destination_arn = module.shipper.arn

  depends_on = [aws_lambda_permission.logs]
}

resource "aws_lambda_permission" "logs" {
  for_each = aws_cloudwatch_log_group.service

  statement_id  = "logs-${each.key}"
  action        = "lambda:InvokeFunction"
  function_name = module.shipper.name
  principal     = "logs.${data.aws_region.current.name}.amazonaws.com"
  source_arn    = "${each.value.arn}:*"
}

# To a stream it goes by a role.
resource "aws_kinesis_stream" "audit" {
  name = "audit"
  stream_mode_details {
    stream_mode = "ON_DEMAND"
  }
}

resource "aws_iam_role" "logs" {
  name = "logs-to-audit"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "logs.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "logs" {
  role = aws_iam_role.logs.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["kinesis:PutRecord", "kinesis:PutRecords"], Resource = aws_kinesis_stream.audit.arn }]
  })
}

resource "aws_cloudwatch_log_subscription_filter" "audit" {
  name            = "to-audit"
  log_group_name  = "/services/checkout"
  filter_pattern  = ""
  destination_arn = aws_kinesis_stream.audit.arn
  role_arn        = aws_iam_role.logs.arn
  distribution    = "Random"

  depends_on = [aws_cloudwatch_log_group.service]
}
