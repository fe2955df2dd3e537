locals {
  period = 300

  function_rules = var.alarms == null ? {} : {
    duration = {
      description = "The slowest percent of ${var.name} uses ${var.alarms.duration_ratio * 100} % of its timeout of ${var.timeout} s"
      dimensions  = {}
      metric      = "Duration"
      percentile  = "p99"
      period      = local.period
      statistic   = null
      threshold   = var.timeout * 1000 * var.alarms.duration_ratio
    }
    errors = {
      description = "${var.name} fails"
      dimensions  = {}
      metric      = "Errors"
      percentile  = null
      period      = local.period
      statistic   = "Sum"
      threshold   = var.alarms.errors
    }
    throttles = {
      description = "${var.name} is throttled: raise its concurrency or the account's"
      dimensions  = {}
      metric      = "Throttles"
      percentile  = null
      period      = local.period
      statistic   = "Sum"
      threshold   = var.alarms.throttles
    }
  }
  async_rules = var.alarms == null || var.async == null ? {} : {
    undelivered = {
      description = "${var.name} cannot send to its destination: look at its policy, its key and the size of the events"
      dimensions  = {}
      metric      = "DestinationDeliveryFailures"
      percentile  = null
      period      = local.period
      statistic   = "Sum"
      threshold   = 1
    }
  }
  # CloudWatch has errors by version only while an alias is shared by two of them:
  # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#metrics-dimensions
  canary_rules = var.alarms == null || var.canary == null ? {} : {
    canary = {
      description = "The new version of ${var.name} fails, which ${try(var.canary.version, "another")} still stands beside: roll back"
      # As the alias's callers meet it.
      dimensions = { ExecutedVersion = aws_lambda_function.function.version, Resource = "${var.name}:${local.alias_name}" }
      metric     = "Errors"
      percentile = null
      # It is to be gone before many have met it.
      period    = 60
      statistic = "Sum"
      threshold = var.alarms.errors
    }
  }
  alarm_rules = merge(local.function_rules, local.async_rules, local.canary_rules)

  widgets = [
    for title, metrics in {
      "calls"    = [["Invocations", "Sum"], ["Errors", "Sum"], ["Throttles", "Sum"]]
      "duration" = [["Duration", "p50"], ["Duration", "p99"]]
      } : {
      type   = "metric"
      width  = 12
      height = 6
      properties = {
        title  = "${var.name}: ${title}"
        region = local.region
        period = local.period
        metrics = [
          for metric in metrics :
          ["AWS/Lambda", metric[0], "FunctionName", var.name, { stat = metric[1] }]
        ]
      }
    }
  ]
}

resource "aws_cloudwatch_metric_alarm" "function" {
  for_each = local.alarm_rules

  alarm_name          = "${var.name}-${each.key}"
  alarm_actions       = var.alarms.actions
  alarm_description   = each.value.description
  comparison_operator = "GreaterThanOrEqualToThreshold"
  dimensions          = merge({ FunctionName = var.name }, each.value.dimensions)
  evaluation_periods  = 1
  extended_statistic  = each.value.percentile
  metric_name         = each.value.metric
  namespace           = "AWS/Lambda"
  ok_actions          = var.alarms.actions
  period              = each.value.period
  statistic           = each.value.statistic
  tags                = var.tags
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
}
