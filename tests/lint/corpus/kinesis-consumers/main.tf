variable "consumers" {
  type = map(object({
    enhanced     = optional(bool, false)
    parallel     = optional(number)
    filter       = optional(string)
    batch_window = optional(number)
  }))
  default = {
    archive = { batch_window = 30 }
    alert   = { enhanced = true, parallel = 4, filter = "{\"data\":{\"level\":[\"error\"]}}" }
  }
}

locals {
  enhanced = { for name, consumer in var.consumers : name => consumer if consumer.enhanced }
}

resource "aws_kinesis_stream" "this" {
  name             = "clicks"
  retention_period = 48
  encryption_type  = "KMS"
  kms_key_id       = "alias/aws/kinesis"

  stream_mode_details {
    stream_mode = "ON_DEMAND"
  }
}

resource "aws_kinesis_stream_consumer" "this" {
  for_each = local.enhanced

  name       = each.key
  stream_arn = aws_kinesis_stream.this.arn
}

resource "aws_sqs_queue" "failed" {
  for_each = var.consumers

  name = "clicks-${each.key}-failed"
  tags = { Name = each.key }
}

module "consumer" {
  source   = "../modules/function"
  for_each = var.consumers

  name          = "clicks-${each.key}"
  attach_policy = true
  policy        = data.aws_iam_policy_document.consumer[each.key].json
}

data "aws_iam_policy_document" "consumer" {
  for_each = var.consumers

  statement {
    sid = "Read"
    actions = [
      "kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords",
      "kinesis:GetShardIterator", "kinesis:ListShards", "kinesis:ListStreams",
    ]
    resources = [aws_kinesis_stream.this.arn]
  }

  dynamic "statement" {
    for_each = each.value.enhanced ? [1] : []
    content {
      sid       = "ReadEnhanced"
      actions   = ["kinesis:SubscribeToShard"]
      resources = [aws_kinesis_stream_consumer.this[each.key].arn]
    }
  }

  statement {
    sid       = "Failed"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.failed[each.key].arn]
  }
}

resource "aws_lambda_event_source_mapping" "this" {
  for_each = var.consumers

  event_source_arn = try(aws_kinesis_stream_consumer.this[each.key].arn, aws_kinesis_stream.this.arn)
  function_name    = module.consumer[each.key].arn

  starting_position                  = "LATEST"
  batch_size                         = 200
  maximum_batching_window_in_seconds = coalesce(each.value.batch_window, 5)
  parallelization_factor             = each.value.parallel
  bisect_batch_on_function_error     = true
  maximum_retry_attempts             = 5
  maximum_record_age_in_seconds      = 86400
  tumbling_window_in_seconds         = each.key == "archive" ? 60 : null
  function_response_types            = ["ReportBatchItemFailures"]

  dynamic "filter_criteria" {
    for_each = compact([each.value.filter])
    content {
      filter {
        pattern = filter_criteria.value
      }
    }
  }

  destination_config {
    on_failure {
      destination_arn = aws_sqs_queue.failed[each.key].arn
    }
  }
}
