resource "aws_sqs_queue" "in" {
  name = "pipe-in"
  tags = { Service = "orders" }
}

resource "aws_kinesis_stream" "out" {
  name        = "pipe-out"
  shard_count = 1
}

resource "aws_iam_role" "pipe" {
  name = "pipe"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "pipes.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = "123456789012" } }
    }]
  })
}

resource "aws_iam_role_policy" "pipe" {
  name = "pipe"
  role = aws_iam_role.pipe.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["sqs:ReceiveMessage", "kinesis:PutRecord"]
      Resource = ["arn:aws:sqs:eu-west-1:123456789012:pipe-in", "arn:aws:kinesis:eu-west-1:123456789012:stream/other"]
    }]
  })
}

# It may not delete what it has read.
# expect: target-role
resource "aws_pipes_pipe" "reads" {
  name     = "reads"
  role_arn = aws_iam_role.pipe.arn
  source   = aws_sqs_queue.in.arn
  target   = "arn:aws:kinesis:eu-west-1:123456789012:stream/other"
}

# expect: target-role
resource "aws_cloudwatch_log_subscription_filter" "writes" {
  name            = "writes"
  log_group_name  = "/services/orders"
  filter_pattern  = ""
  destination_arn = aws_kinesis_stream.out.arn
  role_arn        = aws_iam_role.pipe.arn
}

# expect: target-role
resource "aws_iot_topic_rule" "writes" {
  name        = "writes"
  enabled     = true
  sql         = "SELECT * FROM 'orders'"
  sql_version = "2016-03-23"

  kinesis {
    stream_name   = aws_kinesis_stream.out.name
    partition_key = "id"
    role_arn      = aws_iam_role.pipe.arn
  }
}
