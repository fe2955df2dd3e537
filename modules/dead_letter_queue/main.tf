data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  # `id` is the region's name in every provider major from 5 to 6; `name` and `region` are not.
  region = data.aws_region.current.id

  # Made from names, so that plans show them and policies can be checked before apply.
  name = var.fifo ? "${var.name}.fifo" : var.name
  arn  = "arn:${data.aws_partition.current.partition}:sqs:${local.region}:${local.account_id}:${local.name}"
}

resource "aws_sqs_queue" "queue" {
  name       = local.name
  fifo_queue = var.fifo
  # A sender's own deduplication id goes first; without one, equal messages within five minutes are
  # one.
  content_based_deduplication = var.fifo ? true : null
  kms_master_key_id           = var.kms_key_arn
  # Said aloud, since provider 5 and 6 differ in what they take for unsaid.
  max_message_size          = 262144
  message_retention_seconds = var.retention_days * 86400
  # With the queue rather than beside it: each of the two is waited for half a minute.
  policy                    = local.policy
  receive_wait_time_seconds = 20
  # Unsaid, every queue of the account may send what it fails on here. Only SQS's own redrive is
  # meant: services send by policy, identities by a grant.
  redrive_allow_policy = jsonencode(merge(
    { redrivePermission = length(var.sources) == 0 ? "denyAll" : "byQueue" },
    length(var.sources) == 0 ? {} : { sourceQueueArns = sort(var.sources) },
  ))
  sqs_managed_sse_enabled = var.kms_key_arn == null ? true : null
  tags                    = var.tags
}
