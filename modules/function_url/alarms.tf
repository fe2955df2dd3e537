locals {
  period = 300
  # Of requests through this URL, and not of the function's other ways in:
  # https://docs.aws.amazon.com/lambda/latest/dg/urls-monitoring.html
  dimensions = { FunctionName = var.function.name, Resource = "${var.function.name}:${var.function.alias_name}" }

  alarm_rules = var.alarms == null ? {} : {
    errors = {
      description = "The URL of ${var.function.name} answers with 5xx: the function raises, takes too long, or says so itself"
      metric      = "Url5xxCount"
      statistic   = "Sum"
      threshold   = var.alarms.errors
    }
    latency = {
      description = "Requests to the URL of ${var.function.name} take ${var.alarms.latency_ms} ms on average"
      metric      = "UrlRequestLatency"
      statistic   = "Average"
      threshold   = var.alarms.latency_ms
    }
  }

  widgets = [
    for title, metrics in {
      "latency"  = [["UrlRequestLatency", "Average"], ["UrlRequestLatency", "Maximum"]]
      "requests" = [["UrlRequestCount", "Sum"], ["Url4xxCount", "Sum"], ["Url5xxCount", "Sum"]]
      } : {
      type   = "metric"
      width  = 12
      height = 6
      properties = {
        title  = "${var.function.name}, by its URL: ${title}"
        region = local.region
        period = local.period
        metrics = [
          for metric in metrics :
          concat(["AWS/Lambda", metric[0]], flatten([for name, value in local.dimensions : [name, value]]), [{ stat = metric[1] }])
        ]
      }
    }
  ]
}

resource "aws_cloudwatch_metric_alarm" "url" {
  for_each = local.alarm_rules

  alarm_name          = "${var.function.name}-url-${each.key}"
  alarm_actions       = var.alarms.actions
  alarm_description   = each.value.description
  comparison_operator = "GreaterThanOrEqualToThreshold"
  dimensions          = local.dimensions
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
