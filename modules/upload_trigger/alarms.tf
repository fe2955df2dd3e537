locals {
  period = 300

  # S3 invokes asynchronously: Lambda queues the event, and tries it up to three times.
  functions = { for name in distinct([for rule in var.rules : rule.function.name]) : name => name }

  alarm_rules = var.alarms == null ? {} : merge(
    {
      for name in local.functions : "${name}-dropped" => {
        description = "An upload to ${var.bucket} reached ${name} in none of its tries: look into its failure destination and its log"
        function    = name
        metric      = "AsyncEventsDropped"
        statistic   = "Sum"
        threshold   = var.alarms.dropped
      }
    },
    {
      for name in local.functions : "${name}-waiting" => {
        description = "Uploads to ${var.bucket} wait more than ${var.alarms.waiting_seconds} s for ${name}: it fails, or its concurrency is too small"
        function    = name
        metric      = "AsyncEventAge"
        statistic   = "Maximum"
        # The metric is in milliseconds.
        threshold = var.alarms.waiting_seconds * 1000
      }
    },
  )

  widgets = [
    for name in local.functions : {
      type   = "metric"
      width  = 12
      height = 6
      properties = {
        title  = "${var.bucket}: uploads for ${name}"
        region = local.region
        period = local.period
        metrics = [
          ["AWS/Lambda", "AsyncEventsReceived", "FunctionName", name, { stat = "Sum" }],
          ["AWS/Lambda", "AsyncEventsDropped", "FunctionName", name, { stat = "Sum" }],
          ["AWS/Lambda", "AsyncEventAge", "FunctionName", name, { stat = "Maximum", yAxis = "right" }],
        ]
      }
    }
  ]
}

resource "aws_cloudwatch_metric_alarm" "uploads" {
  for_each = local.alarm_rules

  alarm_name          = "${var.bucket}-${each.key}"
  alarm_actions       = var.alarms.actions
  alarm_description   = each.value.description
  comparison_operator = "GreaterThanOrEqualToThreshold"
  dimensions          = { FunctionName = each.value.function }
  evaluation_periods  = 1
  metric_name         = each.value.metric
  namespace           = "AWS/Lambda"
  ok_actions          = var.alarms.actions
  period              = local.period
  statistic           = each.value.statistic
  tags                = var.tags
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
}
