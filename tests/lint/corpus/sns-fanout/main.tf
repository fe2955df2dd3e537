locals {
  tags    = { Example = "fanout" }
  workers = toset(["billing", "shipping"])
}

resource "aws_sns_topic" "this" {
  name = "fanout"
  tags = local.tags
}

resource "aws_sqs_queue" "dlq" {
  for_each = local.workers
  name     = "fanout-${each.key}-dlq"
  tags     = local.tags
}

resource "aws_sqs_queue" "this" {
  for_each = local.workers
  name     = "fanout-${each.key}"
  tags     = local.tags
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dlq[each.key].arn
    maxReceiveCount     = 4
  })
}

data "aws_iam_policy_document" "queue" {
  for_each = local.workers

  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.this[each.key].arn]
    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_sns_topic.this.arn]
    }
  }
}

resource "aws_sqs_queue_policy" "this" {
  for_each  = local.workers
  queue_url = aws_sqs_queue.this[each.key].url
  policy    = data.aws_iam_policy_document.queue[each.key].json
}

resource "aws_sns_topic_subscription" "this" {
  for_each             = local.workers
  topic_arn            = aws_sns_topic.this.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.this[each.key].arn
  raw_message_delivery = true
  redrive_policy       = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dlq[each.key].arn })
}
