data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  # `id` is the region's name in every provider major from 5 to 6; `name` and `region` are not.
  region = data.aws_region.current.id

  rule_names = { for rule in keys(var.rules) : rule => "${var.name}-${rule}" }

  # Made from names, so that plans show them and policies can be checked before apply. The ARN of a
  # rule on the default bus does not name its bus.
  rule_prefix = "arn:${local.partition}:events:${local.region}:${local.account_id}:rule/${var.bus_name == "default" ? "" : "${var.bus_name}/"}"
  arns        = { for rule, name in local.rule_names : rule => "${local.rule_prefix}${name}" }
  role_name   = "${var.name}-events"
  role_arn    = "arn:${local.partition}:iam::${local.account_id}:role/${local.role_name}"

  target_arn = one([
    for arn in [
      var.target.function == null ? null : var.target.function.alias_arn,
      var.target.queue == null ? null : var.target.queue.arn,
      var.target.workflow == null ? null : var.target.workflow.arn,
    ] : arn if arn != null
  ])
}

resource "aws_cloudwatch_event_rule" "rule" {
  for_each = var.rules

  name           = local.rule_names[each.key]
  event_bus_name = var.bus_name
  event_pattern  = each.value.pattern
  state          = each.value.enabled ? "ENABLED" : "DISABLED"
  tags           = var.tags
}

resource "aws_cloudwatch_event_target" "target" {
  for_each = var.rules

  arn            = local.target_arn
  event_bus_name = var.bus_name
  # A function is invoked by its own policy, queue and workflow by the role.
  role_arn  = var.target.function == null ? local.role_arn : null
  rule      = aws_cloudwatch_event_rule.rule[each.key].name
  target_id = "target"

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

  dynamic "sqs_target" {
    for_each = endswith(local.target_arn, ".fifo") ? [each.key] : []

    content {
      message_group_id = sqs_target.value
    }
  }

  # The first event must find its permissions in place.
  depends_on = [aws_iam_role_policy.deliver, aws_lambda_permission.invoke]
}
