locals {
  period = 300

  alarm_rules = var.alarms == null ? {} : {
    failed = {
      description = "SNS cannot deliver messages of ${local.name} to a subscriber: look at its policy and its key"
      metric      = "NumberOfNotificationsFailed"
    }
    invalid_attributes = {
      description = "Messages of ${local.name} have attributes that no filter policy can read, and are filtered out"
      metric      = "NumberOfNotificationsFilteredOut-InvalidAttributes"
    }
    invalid_body = {
      description = "Messages of ${local.name} are no JSON objects though a filter policy reads them, and are filtered out"
      metric      = "NumberOfNotificationsFilteredOut-InvalidMessageBody"
    }
    lost = {
      description = "Messages of ${local.name} reached neither a subscriber nor its dead-letter queue"
      metric      = "NumberOfNotificationsFailedToRedriveToDlq"
    }
  }

  widgets = [{
    type   = "metric"
    width  = 12
    height = 6
    properties = {
      title  = "${local.name}: messages"
      region = local.region
      period = local.period
      metrics = [
        for metric in ["NumberOfMessagesPublished", "NumberOfNotificationsDelivered", "NumberOfNotificationsFilteredOut", "NumberOfNotificationsFailed"] :
        ["AWS/SNS", metric, "TopicName", local.name, { stat = "Sum" }]
      ]
    }
  }]
}

resource "aws_cloudwatch_metric_alarm" "topic" {
  for_each = local.alarm_rules

  alarm_name          = "${var.name}-${each.key}"
  alarm_actions       = var.alarms.actions
  alarm_description   = each.value.description
  comparison_operator = "GreaterThanOrEqualToThreshold"
  dimensions          = { TopicName = local.name }
  evaluation_periods  = 1
  metric_name         = each.value.metric
  namespace           = "AWS/SNS"
  ok_actions          = var.alarms.actions
  period              = local.period
  statistic           = "Sum"
  tags                = var.tags
  threshold           = var.alarms.failures
  treat_missing_data  = "notBreaching"
}
