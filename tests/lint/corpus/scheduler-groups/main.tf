variable "jobs" {
  description = "Jobs by name"
  type = map(object({
    expression = string
    timezone   = optional(string, "Europe/Vienna")
    input      = optional(any, {})
    enabled    = optional(bool, true)
  }))
  default = {
    "close-day" = { expression = "cron(55 23 * * ? *)" }
    "heartbeat" = { expression = "rate(5 minutes)", timezone = "UTC", input = { kind = "ping" } }
    "yearly"    = { expression = "at(2027-01-01T00:00:00)", enabled = false }
  }
}

data "aws_caller_identity" "this" {}

resource "aws_scheduler_schedule_group" "this" {
  name = "books"
  tags = { App = "books" }
}

resource "aws_sqs_queue" "jobs" {
  name                    = "books-jobs"
  sqs_managed_sse_enabled = true
  tags                    = { App = "books" }
}

resource "aws_sqs_queue" "jobs_failed" {
  name = "books-jobs-failed"
  tags = { App = "books" }
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.this.account_id]
    }
    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = [aws_scheduler_schedule_group.this.arn]
    }
  }
}

resource "aws_iam_role" "scheduler" {
  name               = "books-scheduler"
  path               = "/scheduler/"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

data "aws_iam_policy_document" "send" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.jobs.arn, aws_sqs_queue.jobs_failed.arn]
  }
}

resource "aws_iam_role_policy" "send" {
  name_prefix = "send-"
  role        = aws_iam_role.scheduler.id
  policy      = data.aws_iam_policy_document.send.json
}

resource "aws_scheduler_schedule" "this" {
  for_each = var.jobs

  name                         = each.key
  group_name                   = aws_scheduler_schedule_group.this.name
  schedule_expression          = each.value.expression
  schedule_expression_timezone = each.value.timezone
  state                        = each.value.enabled ? "ENABLED" : "DISABLED"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_sqs_queue.jobs.arn
    role_arn = aws_iam_role.scheduler.arn
    input    = jsonencode(merge(each.value.input, { job = each.key }))

    dead_letter_config {
      arn = aws_sqs_queue.jobs_failed.arn
    }

    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 3
    }
  }
}

# The same message by the API of SQS itself: a universal target.
resource "aws_scheduler_schedule" "universal" {
  name                = "universal"
  group_name          = aws_scheduler_schedule_group.this.name
  schedule_expression = "rate(1 hour)"

  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 10
  }

  target {
    arn      = "arn:aws:scheduler:::aws-sdk:sqs:sendMessage"
    role_arn = aws_iam_role.scheduler.arn
    input = jsonencode({
      QueueUrl    = aws_sqs_queue.jobs.url
      MessageBody = "tick"
    })

    dead_letter_config {
      arn = aws_sqs_queue.jobs_failed.arn
    }

    retry_policy {
      maximum_retry_attempts = 0
    }
  }
}
