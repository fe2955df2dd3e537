locals {
  period = 300

  # A message that failed is hidden for one visibility timeout, and is no backlog for that.
  age_seconds = var.alarms == null ? 0 : coalesce(var.alarms.age_seconds, max(900, 2 * local.visibility_timeout))

  alarm_rules = var.alarms == null ? {} : {
    age = {
      description = "The oldest message in ${local.name} waits for ${local.age_seconds} s: the consumer is too slow, throttled or fails"
      metric      = "ApproximateAgeOfOldestMessage"
      queue       = local.name
      threshold   = local.age_seconds
    }
    dlq = {
      description = "Messages of ${local.name} failed ${var.retries} times and wait in ${module.dlq.name}: mend the cause, then make redrive QUEUE=${local.name}"
      metric      = "ApproximateNumberOfMessagesVisible"
      queue       = module.dlq.name
      threshold   = var.alarms.dlq_depth
    }
  }

  widgets = [
    for title, metrics in {
      "age and depth" = [
        ["ApproximateAgeOfOldestMessage", local.name, { stat = "Maximum", yAxis = "right" }],
        ["ApproximateNumberOfMessagesVisible", local.name, { stat = "Maximum", yAxis = "left" }],
        ["ApproximateNumberOfMessagesVisible", module.dlq.name, { stat = "Maximum", yAxis = "left" }],
      ]
      "messages" = [
        ["NumberOfMessagesSent", local.name, { stat = "Sum", yAxis = "left" }],
        ["NumberOfMessagesDeleted", local.name, { stat = "Sum", yAxis = "left" }],
      ]
      } : {
      type   = "metric"
      width  = 12
      height = 6
      properties = {
        title   = "${local.name}: ${title}"
        region  = local.region
        period  = local.period
        metrics = [for metric in metrics : ["AWS/SQS", metric[0], "QueueName", metric[1], metric[2]]]
      }
    }
  ]
}

resource "aws_cloudwatch_metric_alarm" "queue" {
  for_each = local.alarm_rules

  alarm_name          = "${var.name}-${each.key}"
  alarm_actions       = var.alarms.actions
  alarm_description   = each.value.description
  comparison_operator = "GreaterThanOrEqualToThreshold"
  dimensions          = { QueueName = each.value.queue }
  evaluation_periods  = 1
  metric_name         = each.value.metric
  namespace           = "AWS/SQS"
  ok_actions          = var.alarms.actions
  period              = local.period
  statistic           = "Maximum"
  tags                = var.tags
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
}
