data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  # `id` is the region's name in every provider major from 5 to 6; `name` and `region` are not.
  region = data.aws_region.current.id

  # Made from names, so that plans show them and policies can be checked before apply.
  arn        = "arn:${data.aws_partition.current.partition}:dynamodb:${local.region}:${data.aws_caller_identity.current.account_id}:table/${var.name}"
  index_arns = [for name in keys(var.indexes) : "${local.arn}/index/${name}"]

  other_keys = concat(
    [for key in [var.sort_key] : key if key != null],
    [for index in var.indexes : index.partition_key],
    [for index in var.indexes : index.sort_key if index.sort_key != null],
  )
}

resource "aws_dynamodb_table" "table" {
  name                        = var.name
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = var.deletion_protection
  hash_key                    = var.partition_key.name
  range_key                   = var.sort_key == null ? null : var.sort_key.name
  stream_enabled              = var.stream != null
  stream_view_type            = var.stream
  tags                        = var.tags

  dynamic "attribute" {
    for_each = { for key in concat([var.partition_key], local.other_keys) : key.name => key.type... }

    content {
      name = attribute.key
      type = attribute.value[0]
    }
  }

  dynamic "global_secondary_index" {
    for_each = var.indexes

    content {
      name               = global_secondary_index.key
      hash_key           = global_secondary_index.value.partition_key.name
      range_key          = global_secondary_index.value.sort_key == null ? null : global_secondary_index.value.sort_key.name
      projection_type    = global_secondary_index.value.projection
      non_key_attributes = length(global_secondary_index.value.attributes) == 0 ? null : global_secondary_index.value.attributes
    }
  }

  point_in_time_recovery {
    enabled                 = var.recovery_days != null
    recovery_period_in_days = var.recovery_days
  }

  # DynamoDB always encrypts; the block is for a key of one's own.
  dynamic "server_side_encryption" {
    for_each = var.kms_key_arn == null ? [] : [var.kms_key_arn]

    content {
      enabled     = true
      kms_key_arn = server_side_encryption.value
    }
  }

  dynamic "ttl" {
    for_each = var.ttl_attribute == null ? [] : [var.ttl_attribute]

    content {
      attribute_name = ttl.value
      enabled        = true
    }
  }
}
