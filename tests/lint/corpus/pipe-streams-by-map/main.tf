variable "pipes" {
  type = map(object({
    pattern       = optional(string)
    starting_from = optional(string, "LATEST")
  }))
  default = {
    created = { pattern = "{\"dynamodb\":{\"NewImage\":{\"state\":{\"S\":[\"created\"]}}}}" }
    all     = {}
  }
}

locals {
  name = "ledger"
  tags = merge({ Service = local.name }, try({ Owner = var.owner }, {}))
}

variable "owner" {
  type    = string
  default = null
}

resource "aws_dynamodb_table" "this" {
  name             = local.name
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "pk"
  range_key        = "sk"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  dynamic "attribute" {
    for_each = { pk = "S", sk = "S" }
    content {
      name = attribute.key
      type = attribute.value
    }
  }

  point_in_time_recovery {
    enabled = true
  }

  tags = local.tags
}

resource "aws_sqs_queue" "failed" {
  name = "${local.name}-failed"
  tags = local.tags
}

resource "aws_cloudwatch_event_bus" "this" {
  name = local.name
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["pipes.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "pipe" {
  statement {
    actions = [
      "dynamodb:DescribeStream",
      "dynamodb:GetRecords",
      "dynamodb:GetShardIterator",
      "dynamodb:ListStreams",
    ]
    resources = [aws_dynamodb_table.this.stream_arn]
  }
  statement {
    actions   = ["events:PutEvents"]
    resources = [aws_cloudwatch_event_bus.this.arn]
  }
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.failed.arn]
  }
}

resource "aws_iam_policy" "pipe" {
  name   = "${local.name}-pipe"
  policy = data.aws_iam_policy_document.pipe.json
}

resource "aws_iam_role" "pipe" {
  for_each = var.pipes

  name               = "${local.name}-pipe-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy_attachment" "pipe" {
  for_each = var.pipes

  role       = aws_iam_role.pipe[each.key].name
  policy_arn = aws_iam_policy.pipe.arn
}

resource "aws_pipes_pipe" "this" {
  for_each = var.pipes

  name     = "${local.name}-${each.key}"
  role_arn = aws_iam_role.pipe[each.key].arn
  source   = aws_dynamodb_table.this.stream_arn
  target   = aws_cloudwatch_event_bus.this.arn

  source_parameters {
    dynamodb_stream_parameters {
      starting_position             = each.value.starting_from
      maximum_retry_attempts        = 5
      maximum_record_age_in_seconds = 3600

      dead_letter_config {
        arn = aws_sqs_queue.failed.arn
      }
    }

    dynamic "filter_criteria" {
      for_each = each.value.pattern == null ? [] : [each.value.pattern]
      content {
        filter {
          pattern = filter_criteria.value
        }
      }
    }
  }

  target_parameters {
    eventbridge_event_bus_parameters {
      detail_type = "ledger.${each.key}"
      source      = "acme.ledger"
    }
  }

  depends_on = [aws_iam_role_policy_attachment.pipe]
}
