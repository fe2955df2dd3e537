module "orders" {
  source = "../../../parts/function"
  name   = "orders"
  statements = [{
    Effect   = "Allow"
    Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    Resource = ["arn:aws:sqs:eu-west-1:123456789012:orders.fifo"]
  }]
}

resource "aws_sqs_queue" "dead" {
  name       = "orders-dead.fifo"
  fifo_queue = true
  tags       = { Service = "orders" }
}

resource "aws_sqs_queue" "in" {
  name                       = "orders.fifo"
  visibility_timeout_seconds = 60
  fifo_queue                 = true
  redrive_policy = jsonencode({
    deadLetterTargetArn = "arn:aws:sqs:eu-west-1:123456789012:orders-dead.fifo"
    maxReceiveCount     = 5
  })
  tags = { Service = "orders" }
}
# expect: fifo
resource "aws_lambda_event_source_mapping" "consume" {
  event_source_arn                   = aws_sqs_queue.in.arn
  function_name                      = module.orders.alias_arn
  function_response_types            = ["ReportBatchItemFailures"]
  batch_size                         = 100
  maximum_batching_window_in_seconds = 5
}
