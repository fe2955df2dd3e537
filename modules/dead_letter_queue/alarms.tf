locals {
  period = 300

  widgets = [{
    type   = "metric"
    width  = 12
    height = 6
    properties = {
      title  = "${local.name}: messages and age of the oldest"
      region = local.region
      period = local.period
      metrics = [
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", local.name, { stat = "Maximum", yAxis = "left" }],
        ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", local.name, { stat = "Maximum", yAxis = "right" }],
      ]
    }
  }]
}

resource "aws_cloudwatch_metric_alarm" "queue" {
  for_each = { for name, alarms in { depth = var.alarms } : name => alarms if alarms != null }

  alarm_name          = "${var.name}-${each.key}"
  alarm_actions       = each.value.actions
  alarm_description   = "Messages wait in ${local.name} for somebody to look at them"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  dimensions          = { QueueName = local.name }
  evaluation_periods  = 1
  metric_name         = "ApproximateNumberOfMessagesVisible"
  namespace           = "AWS/SQS"
  ok_actions          = each.value.actions
  period              = local.period
  statistic           = "Maximum"
  tags                = var.tags
  threshold           = each.value.depth
  treat_missing_data  = "notBreaching"
}
