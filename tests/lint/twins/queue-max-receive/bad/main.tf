resource "aws_sqs_queue" "dead" {
  name = "orders-dead"

  tags = { Service = "orders" }
}
# expect: queue-max-receive
resource "aws_sqs_queue" "in" {
  name                       = "orders"
  visibility_timeout_seconds = 60

  redrive_policy = jsonencode({
    deadLetterTargetArn = "arn:aws:sqs:eu-west-1:123456789012:orders-dead"
    maxReceiveCount     = 1
  })
  tags = { Service = "orders" }
}
