locals {
  period = 300

  alarm_rules = var.alarms == null ? {} : {
    errors = {
      description = "${var.name} answers with 5xx: its origin, or a function at the edge, fails"
      metric      = "5xxErrorRate"
      statistic   = "Average"
      threshold   = var.alarms.error_percent
    }
  }

  widgets = [
    for title, metrics in {
      "errors"   = [["4xxErrorRate", "Average"], ["5xxErrorRate", "Average"]]
      "requests" = [["Requests", "Sum"]]
      } : {
      type   = "metric"
      width  = 12
      height = 6
      properties = {
        title  = "${var.name}: ${title}"
        region = local.home
        period = local.period
        metrics = [
          for metric in metrics :
          ["AWS/CloudFront", metric[0], "DistributionId", aws_cloudfront_distribution.cdn.id, "Region", "Global", { stat = metric[1] }]
        ]
      }
    }
  ]
}

# In us-east-1, where CloudFront's metrics are; so are the topics that such an alarm can tell.
resource "aws_cloudwatch_metric_alarm" "cdn" {
  provider = aws.us_east_1
  for_each = local.alarm_rules

  alarm_name          = "${var.name}-${each.key}"
  alarm_actions       = var.alarms.actions
  alarm_description   = each.value.description
  comparison_operator = "GreaterThanOrEqualToThreshold"
  dimensions          = { DistributionId = aws_cloudfront_distribution.cdn.id, Region = "Global" }
  evaluation_periods  = 1
  metric_name         = each.value.metric
  namespace           = "AWS/CloudFront"
  ok_actions          = var.alarms.actions
  period              = local.period
  statistic           = each.value.statistic
  tags                = var.tags
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
}
