module "orders" {
  source = "../../../parts/function"
  name   = "orders"
  statements = [
    {
      Effect   = "Allow"
      Action   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
      Resource = ["arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/*"]
    },
    {
      Effect   = "Allow"
      Action   = ["sqs:SendMessage"]
      Resource = ["arn:aws:sqs:eu-west-1:123456789012:failed"]
    },
  ]
}

resource "aws_dynamodb_table" "orders" {
  name             = "orders"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_IMAGE"
  attribute {
    name = "id"
    type = "S"
  }
  tags = { Service = "orders" }
}

resource "aws_sqs_queue" "failed" {
  name = "failed"
  tags = { Service = "orders" }
}
resource "aws_lambda_event_source_mapping" "consume" {
  event_source_arn        = aws_dynamodb_table.orders.stream_arn
  function_name           = module.orders.alias_arn
  function_response_types = ["ReportBatchItemFailures"]
  starting_position       = "LATEST"
  maximum_retry_attempts  = 3
  destination_config {
    on_failure {
      destination_arn = aws_sqs_queue.failed.arn
    }
  }
}
