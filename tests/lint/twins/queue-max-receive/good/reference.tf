# Its text is known only after apply, and the count in it now.
resource "aws_sqs_queue" "out" {
  name = "orders-out"

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = 5
  })
  tags = { Service = "orders" }
}
