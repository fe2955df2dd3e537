resource "aws_sqs_queue" "standard" {
  name = "orders-standard"
  tags = { Service = "orders" }
}

# expect: fifo
resource "aws_sqs_queue" "out" {
  name       = "orders-out.fifo"
  fifo_queue = true

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.standard.arn
    maxReceiveCount     = 5
  })
  tags = { Service = "orders" }
}
