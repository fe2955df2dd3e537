data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  # `id` is the region's name in every provider major from 5 to 6; `name` and `region` are not.
  region = data.aws_region.current.id

  # Made from names, so that plans show them and policies can be checked before apply.
  suffix     = var.fifo ? ".fifo" : ""
  name       = "${var.name}${local.suffix}"
  arn_prefix = "arn:${local.partition}:sqs:${local.region}:${local.account_id}"
  arn        = "${local.arn_prefix}:${local.name}"
  dlq_arn    = "${local.arn_prefix}:${var.name}-dlq${local.suffix}"

  day = 86400

  # Six times the function's timeout, and the window on top: a batch that is throttled is tried
  # again while its messages are still hidden from others.
  # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
  least_visibility_timeout = 6 * var.function.timeout + var.batch.window_seconds
  visibility_timeout       = coalesce(var.visibility_timeout, local.least_visibility_timeout)
}

module "dlq" {
  source = "../dead_letter_queue"

  name = "${var.name}-dlq"
  # Stands among the alarms of the queue.
  alarms      = null
  fifo        = var.fifo
  kms_key_arn = var.kms_key_arn
  # What SNS cannot deliver goes there, past the queue itself.
  senders = {
    for name, subscription in var.subscriptions :
    name => { service = "sns.amazonaws.com", source_arns = [subscription.topic.arn] }
  }
  sources = [local.arn]
  tags    = var.tags
}

resource "aws_sqs_queue" "queue" {
  name                        = local.name
  fifo_queue                  = var.fifo
  content_based_deduplication = var.fifo ? true : null
  # Groups are apart from each other in order, deduplication and throughput.
  deduplication_scope   = var.fifo ? "messageGroup" : null
  fifo_throughput_limit = var.fifo ? "perMessageGroupId" : null
  kms_master_key_id     = var.kms_key_arn
  # Said aloud, since provider 5 and 6 differ in what they take for unsaid.
  max_message_size          = 262144
  message_retention_seconds = var.retention_days * local.day
  policy                    = local.queue_policy
  receive_wait_time_seconds = 20
  redrive_policy = jsonencode({
    deadLetterTargetArn = module.dlq.arn
    maxReceiveCount     = var.retries
  })
  sqs_managed_sse_enabled    = var.kms_key_arn == null ? true : null
  tags                       = var.tags
  visibility_timeout_seconds = local.visibility_timeout
}

resource "aws_lambda_event_source_mapping" "consume" {
  event_source_arn                   = local.arn
  function_name                      = var.function.alias_arn
  batch_size                         = var.batch.size
  function_response_types            = ["ReportBatchItemFailures"]
  maximum_batching_window_in_seconds = var.batch.window_seconds
  tags                               = var.tags

  dynamic "filter_criteria" {
    for_each = length(var.filter) == 0 ? [] : [var.filter]

    content {
      dynamic "filter" {
        for_each = filter_criteria.value

        content {
          pattern = filter.value
        }
      }
    }
  }

  dynamic "scaling_config" {
    for_each = var.batch.max_concurrency == null ? [] : [var.batch.max_concurrency]

    content {
      maximum_concurrency = scaling_config.value
    }
  }

  # Lambda tries the role when the mapping is made.
  depends_on = [aws_iam_role_policy.consume, aws_sqs_queue.queue]
}
