locals {
  period = 300

  function_rules = var.alarms == null ? {} : {
    duration = {
      description = "The slowest percent of ${var.name} uses ${var.alarms.duration_ratio * 100} % of its timeout of ${var.timeout} s"
      metric      = "Duration"
      percentile  = "p99"
      statistic   = null
      threshold   = var.timeout * 1000 * var.alarms.duration_ratio
    }
    errors = {
      description = "${var.name} fails"
      metric      = "Errors"
      percentile  = null
      statistic   = "Sum"
      threshold   = var.alarms.errors
    }
    throttles = {
      description = "${var.name} is throttled: raise its concurrency or the account's"
      metric      = "Throttles"
      percentile  = null
      statistic   = "Sum"
      threshold   = var.alarms.throttles
    }
  }
  async_rules = var.alarms == null || var.async == null ? {} : {
    undelivered = {
      description = "${var.name} cannot send to its destination: look at its policy, its key and the size of the events"
      metric      = "DestinationDeliveryFailures"
      percentile  = null
      statistic   = "Sum"
      threshold   = 1
    }
  }
  # CloudWatch has errors by version only while an alias is shared by two of them:
  # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#metrics-dimensions
  canary_rules = var.alarms == null || var.canary == null ? {} : {
    canary = {
      description = "The new version of ${var.name} fails, which ${try(var.canary.version, "another")} still stands beside: roll back"
      metric      = "Errors"
      percentile  = null
      statistic   = "Sum"
      threshold   = var.alarms.errors
    }
  }
  alarm_rules = merge(local.function_rules, local.async_rules, local.canary_rules)

  # Of the whole function, but for the canary: of the new version, as the alias's callers meet it.
  alarm_dimensions = {
    for name in keys(local.alarm_rules) : name => {
      for dimension, value in {
        ExecutedVersion = aws_lambda_function.function.version
        FunctionName    = var.name
        Resource        = "${var.name}:${local.alias_name}"
      } : dimension => value if dimension == "FunctionName" || name == "canary"
    }
  }

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
  dimensions          = local.alarm_dimensions[each.key]
  evaluation_periods  = 1
  extended_statistic  = each.value.percentile
  metric_name         = each.value.metric
  namespace           = "AWS/Lambda"
  ok_actions          = var.alarms.actions
  # A new version that fails is to be gone before many have met it.
  period             = each.key == "canary" ? 60 : local.period
  statistic          = each.value.statistic
  tags               = var.tags
  threshold          = each.value.threshold
  treat_missing_data = "notBreaching"
}
