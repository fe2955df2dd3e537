locals {
  timeouts = { short = 5, long = 40 }
}

resource "aws_sqs_queue" "each" {
  for_each = local.timeouts

  name                       = "orders-${each.key}"
  visibility_timeout_seconds = 6 * each.value
  redrive_policy = jsonencode({
    deadLetterTargetArn = "arn:aws:sqs:eu-west-1:123456789012:orders-dead"
    maxReceiveCount     = 5
  })
  tags = { Service = "orders" }
}

# Each instance reads the queue of its own key.
module "each" {
  source   = "../../../parts/function"
  for_each = local.timeouts

  name    = "orders-${each.key}"
  timeout = each.value
  statements = [{
    Effect   = "Allow"
    Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    Resource = ["arn:aws:sqs:eu-west-1:123456789012:orders-${each.key}"]
  }]
}

resource "aws_lambda_event_source_mapping" "each" {
  for_each = local.timeouts

  event_source_arn        = aws_sqs_queue.each[each.key].arn
  function_name           = module.each[each.key].alias_arn
  function_response_types = ["ReportBatchItemFailures"]
}
