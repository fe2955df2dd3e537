module "orders" {
  source = "../../../parts/function"
  name   = "orders"
  statements = [{
    Effect   = "Allow"
    Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    Resource = ["arn:aws:sqs:eu-west-1:123456789012:orders"]
  }]
}

resource "aws_sqs_queue" "dead" {
  name = "orders-dead"

  tags = { Service = "orders" }
}

resource "aws_sqs_queue" "in" {
  name                       = "orders"
  visibility_timeout_seconds = 60

  redrive_policy = jsonencode({
    deadLetterTargetArn = "arn:aws:sqs:eu-west-1:123456789012:orders-dead"
    maxReceiveCount     = 5
  })
  tags = { Service = "orders" }
}
# expect: partial-batches
resource "aws_lambda_event_source_mapping" "consume" {
  event_source_arn = aws_sqs_queue.in.arn
  function_name    = module.orders.alias_arn

}
