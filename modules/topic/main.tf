data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  # `id` is the region's name in every provider major from 5 to 6; `name` and `region` are not.
  region = data.aws_region.current.id

  # Made from names, so that plans show them and policies can be checked before apply.
  name = var.fifo ? "${var.name}.fifo" : var.name
  arn  = "arn:${data.aws_partition.current.partition}:sns:${local.region}:${local.account_id}:${local.name}"
}

resource "aws_sns_topic" "topic" {
  name = local.name
  # A publisher's own deduplication id goes first; without one, equal messages within five minutes
  # are one.
  content_based_deduplication = var.fifo ? true : null
  fifo_topic                  = var.fifo
  kms_master_key_id           = var.kms_key_arn
  policy                      = local.policy
  tags                        = var.tags
}
