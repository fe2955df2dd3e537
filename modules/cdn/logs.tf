# Access logs by CloudWatch's delivery ("standard logging v2"): the older way needs a bucket with
# access lists, which new buckets do not have.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html

locals {
  logs = var.log_bucket == null ? {} : { access = var.log_bucket }
}

resource "aws_cloudwatch_log_delivery_source" "logs" {
  provider = aws.us_east_1
  for_each = local.logs

  name         = var.name
  log_type     = "ACCESS_LOGS"
  resource_arn = aws_cloudfront_distribution.cdn.arn
  tags         = var.tags
}

resource "aws_cloudwatch_log_delivery_destination" "logs" {
  provider = aws.us_east_1
  for_each = local.logs

  name          = var.name
  output_format = "json"
  tags          = var.tags

  delivery_destination_configuration {
    # By its name, which waits for its policy: else CloudWatch would write one of its own.
    destination_resource_arn = "arn:${local.partition}:s3:::${each.value.bucket}"
  }
}

resource "aws_cloudwatch_log_delivery" "logs" {
  provider = aws.us_east_1
  for_each = local.logs

  delivery_destination_arn = aws_cloudwatch_log_delivery_destination.logs[each.key].arn
  delivery_source_name     = aws_cloudwatch_log_delivery_source.logs[each.key].name
  tags                     = var.tags
}
