locals {
  period = 300

  has_edge = length(flatten(local.behaviors[*].edge)) > 0

  # What becomes of functions at the edge, from all regions that they run in; names and statistic are
  # those that the console gives, since the guide has no list of them:
  # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/viewing-cloudfront-metrics.html
  edge_failures = {
    edge_execution = {
      description = "A function at the edge of ${var.name} raises or takes too long: viewers get 503"
      metric      = "LambdaExecutionError"
    }
    edge_limit = {
      description = "Functions at the edge of ${var.name} are throttled: viewers get 503"
      metric      = "LambdaLimitExceededErrors"
    }
    edge_validation = {
      description = "A function at the edge of ${var.name} answers what CloudFront does not take: viewers get 502"
      metric      = "LambdaValidationError"
    }
  }

  alarm_rules = var.alarms == null ? {} : merge(
    {
      errors = {
        description = "${var.name} answers with 5xx: its origin, or a function at the edge, fails"
        metric      = "5xxErrorRate"
        statistic   = "Average"
        threshold   = var.alarms.error_percent
      }
    },
    { for name, failure in local.edge_failures : name => merge(failure, { statistic = "Sum", threshold = var.alarms.edge_errors }) if local.has_edge },
  )

  widgets = [
    for title, metrics in merge(
      {
        "errors"   = [["4xxErrorRate", "Average"], ["5xxErrorRate", "Average"]]
        "requests" = [["Requests", "Sum"]]
      },
      { for title in ["functions at the edge"] : title => [for failure in local.edge_failures : [failure.metric, "Sum"]] if local.has_edge },
      ) : {
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
