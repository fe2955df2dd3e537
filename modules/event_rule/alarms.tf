locals {
  period = 300

  # Metrics of a rule on the default bus do not name their bus.
  bus_dimension = { for name in [var.bus_name] : "EventBusName" => name if name != "default" }

  rule_alarms = var.alarms == null ? {} : {
    for rule, name in local.rule_names : "${rule}-failed" => {
      description = "EventBridge gave up on an event of the rule ${name}"
      dimensions  = merge(local.bus_dimension, { RuleName = name })
      metric      = "FailedInvocations"
      namespace   = "AWS/Events"
      statistic   = "Sum"
      threshold   = var.alarms.failed
    }
  }

  dlq_alarms = {
    for queue in module.dlq : "dlq_depth" => {
      description = "Events of ${var.name} wait in ${queue.name} for somebody to look at them"
      dimensions  = tomap({ QueueName = queue.name })
      metric      = "ApproximateNumberOfMessagesVisible"
      namespace   = "AWS/SQS"
      statistic   = "Maximum"
      threshold   = var.alarms.dlq_depth
    } if var.alarms != null
  }

  widgets = [{
    type   = "metric"
    width  = 12
    height = 6
    properties = {
      title  = "${var.name}: events"
      region = local.region
      period = local.period
      metrics = concat(
        flatten([
          for name in values(local.rule_names) : [
            for metric in ["Invocations", "FailedInvocations"] : [concat(
              ["AWS/Events", metric],
              flatten([for dimension, bus in local.bus_dimension : [dimension, bus]]),
              ["RuleName", name, { stat = "Sum" }],
            )]
          ]
        ]),
        [
          for queue in module.dlq :
          ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue.name, { stat = "Maximum", yAxis = "right" }]
        ],
      )
    }
  }]
}

resource "aws_cloudwatch_metric_alarm" "event_rule" {
  for_each = merge(local.rule_alarms, local.dlq_alarms)

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
  statistic           = each.value.statistic
  tags                = var.tags
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
}
