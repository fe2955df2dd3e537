# All of it goes by the provider us_east_1: CloudFront takes functions from there only, and roles are
# the same from everywhere.

data "aws_caller_identity" "current" {
  provider = aws.us_east_1
}

data "aws_partition" "current" {
  provider = aws.us_east_1
}

data "aws_region" "current" {
  provider = aws.us_east_1
}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  # `id` is the region's name in every provider major from 5 to 6; `name` and `region` are not.
  region = data.aws_region.current.id
  # lint:ignore no-hard-coded-account-or-region CloudFront takes edge functions from no other
  home = "us-east-1"

  # Made from its name, so that plans show it.
  arn = "arn:${local.partition}:lambda:${local.region}:${local.account_id}:function:${var.name}"

  # Replicas in every region call themselves and their log group so.
  replica   = "${local.home}.${var.name}"
  log_group = "/aws/lambda/${local.replica}"

  # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-lambda-at-edge
  most = startswith(var.event, "viewer-") ? {
    memory  = 128
    timeout = 5
    zip     = 1024 * 1024
    } : {
    memory  = 10240
    timeout = 30
    zip     = 50 * 1024 * 1024
  }

  # What inputs are checked against, and named by when they fail.
  patterns = {
    action = "^[a-z0-9-]+:[A-Za-z]+$"
    grant  = "^[a-z][a-z0-9_]{0,47}$"
    region = "^[a-z]{2}(-[a-z]+)+-\\d$"
  }

  widgets = [
    for title, metrics in {
      "calls"    = [["Invocations", "Sum"], ["Errors", "Sum"], ["Throttles", "Sum"]]
      "duration" = [["Duration", "p50"], ["Duration", "p99"]]
      } : {
      type   = "metric"
      width  = 12
      height = 6
      properties = {
        title  = "${var.name}: ${title}"
        region = local.region
        period = 300
        metrics = [
          for pair in setproduct(var.regions == null ? [local.region] : sort(var.regions), metrics) :
          ["AWS/Lambda", pair[1][0], "FunctionName", local.replica, { label = "${pair[0]} ${join(" ", pair[1])}", region = pair[0], stat = pair[1][1] }]
        ]
      }
    }
  ]
}

# Of the replica in us-east-1. Lambda makes those of the other regions when a replica first writes.
resource "aws_cloudwatch_log_group" "replica" {
  provider = aws.us_east_1

  name              = local.log_group
  retention_in_days = var.retention_days
  tags              = var.tags
}

resource "aws_lambda_function" "function" {
  provider = aws.us_east_1

  function_name    = var.name
  description      = var.description
  architectures    = ["x86_64"]
  filename         = var.package.zip
  handler          = var.package.handler
  memory_size      = var.memory
  publish          = true
  role             = aws_iam_role.execution.arn
  runtime          = var.package.runtime
  skip_destroy     = var.retain_on_destroy
  source_code_hash = filebase64sha256(var.package.zip)
  tags             = var.tags
  timeout          = var.timeout

  timeouts {
    # The provider tries until CloudFront has taken its replicas back, which is hours.
    delete = "3h"
  }

  lifecycle {
    precondition {
      condition     = local.region == local.home
      error_message = "The provider us_east_1 works in ${local.region}, and CloudFront takes edge functions from us-east-1 only: pass one of that region, as providers = { aws.us_east_1 = aws.us_east_1 }."
    }
  }

  # Before the first invocation, or Lambda would make the group itself, to be kept for ever.
  depends_on = [aws_cloudwatch_log_group.replica]
}
