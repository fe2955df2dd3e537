locals {
  period = 300

  alarm_rules = var.alarms == null ? {} : merge(
    {
      age = {
        description = "${var.function.name} is ${var.alarms.age_seconds} s behind its stream: it fails, is throttled, or needs more parallelization"
        dimensions  = { FunctionName = var.function.name }
        metric      = "IteratorAge"
        namespace   = "AWS/Lambda"
        threshold   = var.alarms.age_seconds * 1000
      }
    },
    {
      for queue in module.failures : "failures" => {
        description = "${var.function.name} gave up records of its stream after ${var.retries} retries: ${queue.name} says which"
        dimensions  = { QueueName = queue.name }
        metric      = "ApproximateNumberOfMessagesVisible"
        namespace   = "AWS/SQS"
        threshold   = var.alarms.failures
      }
    },
  )

  widgets = [{
    type   = "metric"
    width  = 12
    height = 6
    properties = {
      title  = "${var.name}: age of records and failures"
      region = local.region
      period = local.period
      metrics = concat(
        [["AWS/Lambda", "IteratorAge", "FunctionName", var.function.name, { stat = "Maximum", yAxis = "left" }]],
        [
          for queue in module.failures :
          ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue.name, { stat = "Maximum", yAxis = "right" }]
        ],
      )
    }
  }]
}

resource "aws_cloudwatch_metric_alarm" "stream" {
  for_each = local.alarm_rules

  alarm_name          = "${var.name}-${each.key}"
  alarm_actions       = var.alarms.actions
  alarm_description   = each.value.description
  comparison_operator = "GreaterThanOrEqualToThreshold"
  dimensions          = each.value.dimensions
  evaluation_periods  = 1
  metric_name         = each.value.metric
  namespace           = each.value.namespace
  ok_actions          = var.alarms.actions
  period              = local.period
  statistic           = "Maximum"
  tags                = var.tags
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
}
