locals {
  alarm_rules = var.alarms == null ? {} : {
    read_throttles  = "ReadThrottleEvents"
    write_throttles = "WriteThrottleEvents"
  }

  widgets = [{
    type   = "metric"
    width  = 12
    height = 6
    properties = {
      title  = "${var.name}: capacity and throttles"
      region = local.region
      period = 300
      metrics = concat(
        [
          for metric in ["ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"] :
          ["AWS/DynamoDB", metric, "TableName", var.name, { stat = "Sum" }]
        ],
        [
          for metric in ["ReadThrottleEvents", "WriteThrottleEvents"] :
          ["AWS/DynamoDB", metric, "TableName", var.name, { stat = "Sum", yAxis = "right" }]
        ],
      )
    }
  }]
}

resource "aws_cloudwatch_metric_alarm" "table" {
  for_each = local.alarm_rules

  alarm_name          = "${var.name}-${each.key}"
  alarm_actions       = var.alarms.actions
  alarm_description   = "DynamoDB throttles requests to ${var.name}: a hot key, or load that grows faster than the table"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  dimensions          = { TableName = var.name }
  evaluation_periods  = 1
  metric_name         = each.value
  namespace           = "AWS/DynamoDB"
  ok_actions          = var.alarms.actions
  period              = 300
  statistic           = "Sum"
  tags                = var.tags
  threshold           = var.alarms.throttles
  treat_missing_data  = "notBreaching"
}
