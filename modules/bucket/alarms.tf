locals {
  # What S3 calls the metrics of all requests, as the console does.
  filter = "EntireBucket"
  period = 300

  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
  alarm_rules = var.alarms == null ? {} : {
    errors = {
      description = "S3 answers requests to ${var.bucket} with 5xx: it is busy, or splits prefixes under load"
      metric      = "5xxErrors"
      percentile  = null
      statistic   = "Sum"
      threshold   = var.alarms.errors
    }
    latency = {
      description = "The slowest percent of requests to ${var.bucket} waits ${var.alarms.latency_ms} ms for its first byte"
      metric      = "FirstByteLatency"
      percentile  = "p99"
      statistic   = null
      threshold   = var.alarms.latency_ms
    }
  }

  request_widgets = [
    for title, metrics in {
      "latency"  = [["FirstByteLatency", "p50"], ["FirstByteLatency", "p99"]]
      "requests" = [["AllRequests", "Sum"], ["4xxErrors", "Sum"], ["5xxErrors", "Sum"]]
      } : {
      type   = "metric"
      width  = 12
      height = 6
      properties = {
        title  = "${var.bucket}: ${title}"
        region = local.region
        period = local.period
        metrics = [
          for metric in metrics :
          ["AWS/S3", metric[0], "BucketName", var.bucket, "FilterId", local.filter, { stat = metric[1] }]
        ]
      }
    } if var.alarms != null
  ]
}

# Without it S3 counts no requests; with it, each of its metrics is paid by the month.
resource "aws_s3_bucket_metric" "requests" {
  for_each = var.alarms == null ? {} : { (local.filter) = var.alarms }

  bucket = aws_s3_bucket.bucket.bucket
  name   = each.key
}

resource "aws_cloudwatch_metric_alarm" "bucket" {
  for_each = local.alarm_rules

  alarm_name          = "${var.bucket}-${each.key}"
  alarm_actions       = var.alarms.actions
  alarm_description   = each.value.description
  comparison_operator = "GreaterThanOrEqualToThreshold"
  dimensions          = { BucketName = var.bucket, FilterId = local.filter }
  evaluation_periods  = 1
  extended_statistic  = each.value.percentile
  metric_name         = each.value.metric
  namespace           = "AWS/S3"
  ok_actions          = var.alarms.actions
  period              = local.period
  statistic           = each.value.statistic
  tags                = var.tags
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
}
