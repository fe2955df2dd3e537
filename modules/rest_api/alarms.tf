locals {
  period = 300

  alarm_rules = var.alarms == null ? {} : {
    errors = {
      description = "${var.name} answers with 5xx"
      metric      = "5XXError"
      percentile  = null
      statistic   = "Sum"
      threshold   = var.alarms.errors
    }
    latency = {
      description = "The slowest percent of requests to ${var.name} takes ${var.alarms.latency_ms} ms"
      metric      = "Latency"
      percentile  = "p99"
      statistic   = null
      threshold   = var.alarms.latency_ms
    }
  }

  widgets = [
    for title, metrics in {
      "latency"  = [["Latency", "p50"], ["Latency", "p99"], ["IntegrationLatency", "p99"]]
      "requests" = [["Count", "Sum"], ["4XXError", "Sum"], ["5XXError", "Sum"]]
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
          ["AWS/ApiGateway", metric[0], "ApiName", var.name, "Stage", var.stage, { stat = metric[1] }]
        ]
      }
    }
  ]
}

resource "aws_cloudwatch_metric_alarm" "api" {
  for_each = local.alarm_rules

  alarm_name          = "${var.name}-${each.key}"
  alarm_actions       = var.alarms.actions
  alarm_description   = each.value.description
  comparison_operator = "GreaterThanOrEqualToThreshold"
  dimensions          = { ApiName = var.name, Stage = var.stage }
  evaluation_periods  = 1
  extended_statistic  = each.value.percentile
  metric_name         = each.value.metric
  namespace           = "AWS/ApiGateway"
  ok_actions          = var.alarms.actions
  period              = local.period
  statistic           = each.value.statistic
  tags                = var.tags
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
}
