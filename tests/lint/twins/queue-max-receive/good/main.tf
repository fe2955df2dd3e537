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
