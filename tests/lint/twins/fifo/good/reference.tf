resource "aws_sqs_queue" "standard" {
  name       = "orders-standard.fifo"
  fifo_queue = true
  tags       = { Service = "orders" }
}

resource "aws_sqs_queue" "out" {
  name       = "orders-out.fifo"
  fifo_queue = true

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.standard.arn
    maxReceiveCount     = 5
  })
  tags = { Service = "orders" }
}
