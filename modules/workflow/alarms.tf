locals {
  period = 300

  alarm_rules = var.alarms == null ? {} : {
    failed = {
      description = "Executions of ${var.name} fail"
      metric      = "ExecutionsFailed"
      threshold   = var.alarms.failed
    }
    throttled = {
      description = "State transitions of ${var.name} are throttled: start fewer executions at once, or raise the account's quota"
      metric      = "ExecutionThrottled"
      threshold   = var.alarms.throttled
    }
    timed_out = {
      description = "Executions of ${var.name} have not ended within ${var.timeout} s, and were ended without undoing anything"
      metric      = "ExecutionsTimedOut"
      threshold   = var.alarms.timed_out
    }
  }

  widgets = [
    for title, metrics in {
      "duration"   = [["ExecutionTime", "p50"], ["ExecutionTime", "p99"]]
      "executions" = [["ExecutionsStarted", "Sum"], ["ExecutionsSucceeded", "Sum"], ["ExecutionsFailed", "Sum"], ["ExecutionsTimedOut", "Sum"], ["ExecutionThrottled", "Sum"]]
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
          ["AWS/States", metric[0], "StateMachineArn", local.arn, { stat = metric[1] }]
        ]
      }
    }
  ]
}

resource "aws_cloudwatch_metric_alarm" "workflow" {
  for_each = local.alarm_rules

  alarm_name          = "${var.name}-${each.key}"
  alarm_actions       = var.alarms.actions
  alarm_description   = each.value.description
  comparison_operator = "GreaterThanOrEqualToThreshold"
  dimensions          = { StateMachineArn = local.arn }
  evaluation_periods  = 1
  metric_name         = each.value.metric
  namespace           = "AWS/States"
  ok_actions          = var.alarms.actions
  period              = local.period
  statistic           = "Sum"
  tags                = var.tags
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
}
