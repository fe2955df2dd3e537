# One map says it all: rule, pattern, targets and how their input is written.
locals {
  name = "orders-bus"

  rules = {
    order_placed = {
      pattern = { source = ["shop.orders"], "detail-type" = ["OrderPlaced"] }
      targets = {
        invoice = {
          paths    = { id = "$.detail.id", total = "$.detail.total" }
          template = "{\"order\": <id>, \"amount\": <total>}"
        }
        audit = {}
      }
    }
    order_cancelled = {
      pattern = { source = ["shop.orders"], "detail-type" = ["OrderCancelled"] }
      targets = { audit = { input_path = "$.detail" } }
    }
  }

  functions = toset(flatten([for rule in local.rules : keys(rule.targets)]))

  targets = merge([
    for name, rule in local.rules : {
      for function, options in rule.targets : "${name}.${function}" => {
        rule     = name
        function = function
        options  = options
      }
    }
  ]...)
}

resource "aws_cloudwatch_event_bus" "this" {
  name = local.name
}

resource "aws_cloudwatch_event_archive" "this" {
  name             = local.name
  event_source_arn = aws_cloudwatch_event_bus.this.arn
  retention_days   = 14
}

resource "aws_iam_role" "lambda" {
  for_each = local.functions

  name = "${local.name}-${each.value}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Action    = "sts:AssumeRole"
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "logs" {
  for_each = aws_iam_role.lambda

  role       = each.value.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_cloudwatch_log_group" "lambda" {
  for_each = local.functions

  name              = "/aws/lambda/${local.name}-${each.value}"
  retention_in_days = 7
}

resource "aws_lambda_function" "this" {
  for_each = local.functions

  function_name = "${local.name}-${each.value}"
  role          = aws_iam_role.lambda[each.value].arn
  handler       = "${each.value}.handler"
  runtime       = "nodejs22.x"
  s3_bucket     = "shop-artifacts"
  s3_key        = "${each.value}.zip"

  tags = { Name = each.value }

  depends_on = [aws_cloudwatch_log_group.lambda]
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = local.rules

  name           = replace("${local.name}-${each.key}", "_", "-")
  event_bus_name = aws_cloudwatch_event_bus.this.name
  event_pattern  = jsonencode(each.value.pattern)
}

resource "aws_sqs_queue" "undelivered" {
  name = "${local.name}-undelivered"
  tags = { Name = local.name }
}

resource "aws_sqs_queue_policy" "undelivered" {
  queue_url = aws_sqs_queue.undelivered.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.undelivered.arn
      Condition = { ArnEquals = { "aws:SourceArn" = [for rule in aws_cloudwatch_event_rule.this : rule.arn] } }
    }]
  })
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = local.targets

  rule           = aws_cloudwatch_event_rule.this[each.value.rule].name
  event_bus_name = aws_cloudwatch_event_bus.this.name
  target_id      = each.value.function
  arn            = aws_lambda_function.this[each.value.function].arn
  input_path     = lookup(each.value.options, "input_path", null)

  dynamic "input_transformer" {
    for_each = can(each.value.options.template) ? [each.value.options] : []
    content {
      input_paths    = input_transformer.value.paths
      input_template = input_transformer.value.template
    }
  }

  dead_letter_config {
    arn = aws_sqs_queue.undelivered.arn
  }

  retry_policy {
    maximum_event_age_in_seconds = 7200
    maximum_retry_attempts       = 10
  }
}

resource "aws_lambda_permission" "events" {
  for_each = local.targets

  statement_id  = replace("events-${each.key}", ".", "-")
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this[each.value.function].function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.this[each.value.rule].arn
}
