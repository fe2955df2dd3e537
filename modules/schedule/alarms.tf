locals {
  period = 300

  alarm_rules = var.alarms == null ? {} : merge(
    {
      dropped = {
        description = "Scheduler gave up on a run of ${var.name}"
        dimension   = "ScheduleGroup"
        metric      = "InvocationDroppedCount"
        namespace   = "AWS/Scheduler"
        of          = var.name
        statistic   = "Sum"
        threshold   = var.alarms.dropped
      }
      target_errors = {
        description = "The target of ${var.name} refuses what Scheduler sends"
        dimension   = "ScheduleGroup"
        metric      = "TargetErrorCount"
        namespace   = "AWS/Scheduler"
        of          = var.name
        statistic   = "Sum"
        threshold   = var.alarms.target_errors
      }
    },
    {
      for queue in module.dlq : "dlq_depth" => {
        description = "Runs of ${var.name} wait in ${queue.name} for somebody to look at them"
        dimension   = "QueueName"
        metric      = "ApproximateNumberOfMessagesVisible"
        namespace   = "AWS/SQS"
        of          = queue.name
        statistic   = "Maximum"
        threshold   = var.alarms.dlq_depth
      }
    },
  )

  widgets = [{
    type   = "metric"
    width  = 12
    height = 6
    properties = {
      title  = "${var.name}: runs"
      region = local.region
      period = local.period
      metrics = concat(
        [
          for metric in ["InvocationAttemptCount", "TargetErrorCount", "InvocationDroppedCount"] :
          ["AWS/Scheduler", metric, "ScheduleGroup", var.name, { stat = "Sum" }]
        ],
        [
          for queue in module.dlq :
          ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue.name, { stat = "Maximum", yAxis = "right" }]
        ],
      )
    }
  }]
}

resource "aws_cloudwatch_metric_alarm" "schedule" {
  for_each = local.alarm_rules

  alarm_name          = "${var.name}-${each.key}"
  alarm_actions       = var.alarms.actions
  alarm_description   = each.value.description
  comparison_operator = "GreaterThanOrEqualToThreshold"
  dimensions          = { (each.value.dimension) = each.value.of }
  evaluation_periods  = 1
  metric_name         = each.value.metric
  namespace           = each.value.namespace
  ok_actions          = var.alarms.actions
  period              = local.period
  statistic           = each.value.statistic
  tags                = var.tags
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
}
