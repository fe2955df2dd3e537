data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  # `id` is the region's name in every provider major from 5 to 6; `name` and `region` are not.
  region = data.aws_region.current.id

  # Made from names, so that plans show them and policies can be checked before apply.
  group_arn = "arn:${local.partition}:scheduler:${local.region}:${local.account_id}:schedule-group/${var.name}"
  arns      = { for job in keys(var.jobs) : job => "arn:${local.partition}:scheduler:${local.region}:${local.account_id}:schedule/${var.name}/${job}" }
  role_name = "${var.name}-scheduler"
  role_arn  = "arn:${local.partition}:iam::${local.account_id}:role/${local.role_name}"

  target_arn = one([
    for arn in [
      var.target.function == null ? null : var.target.function.alias_arn,
      var.target.queue == null ? null : var.target.queue.arn,
      var.target.workflow == null ? null : var.target.workflow.arn,
    ] : arn if arn != null
  ])

  # jsonencode writes < and > as \u003c and \u003e, which Scheduler takes for no context attribute.
  inputs = {
    for name, job in var.jobs :
    name => replace(job.input, "/\\\\u003c(aws\\.scheduler\\.[a-z-]+)\\\\u003e/", "<$1>")
  }
}

# A group of its own: metrics are counted by group, and the role trusts this one alone.
resource "aws_scheduler_schedule_group" "jobs" {
  name = var.name
  tags = var.tags
}

resource "aws_scheduler_schedule" "job" {
  for_each = var.jobs

  name                         = each.key
  group_name                   = aws_scheduler_schedule_group.jobs.name
  kms_key_arn                  = var.kms_key_arn
  schedule_expression          = each.value.expression
  schedule_expression_timezone = coalesce(each.value.timezone, "UTC")
  state                        = each.value.enabled ? "ENABLED" : "DISABLED"

  flexible_time_window {
    maximum_window_in_minutes = each.value.window_minutes
    mode                      = each.value.window_minutes == null ? "OFF" : "FLEXIBLE"
  }

  target {
    arn      = local.target_arn
    input    = local.inputs[each.key]
    role_arn = local.role_arn

    retry_policy {
      maximum_event_age_in_seconds = each.value.max_age
      maximum_retry_attempts       = each.value.retries
    }

    dynamic "dead_letter_config" {
      for_each = module.dlq

      content {
        arn = dead_letter_config.value.arn
      }
    }

    dynamic "sqs_parameters" {
      for_each = endswith(local.target_arn, ".fifo") ? [each.key] : []

      content {
        message_group_id = sqs_parameters.value
      }
    }
  }

  # The first run must find its permissions in place.
  depends_on = [aws_iam_role_policy.deliver]
}
