data "aws_caller_identity" "current" {}

resource "aws_s3_bucket" "inbox" {
  bucket        = "acme-inbox-${data.aws_caller_identity.current.account_id}"
  force_destroy = false
  tags          = { Name = "inbox" }
}

resource "aws_s3_bucket_notification" "inbox" {
  bucket      = aws_s3_bucket.inbox.id
  eventbridge = true
}

resource "aws_cloudwatch_event_rule" "uploaded" {
  name          = "inbox-uploaded"
  event_pattern = <<-EOT
    {
      "source": ["aws.s3"],
      "detail-type": ["Object Created"],
      "detail": {
        "bucket": {"name": ["${aws_s3_bucket.inbox.bucket}"]},
        "object": {"key": [{"prefix": "incoming/"}]}
      }
    }
  EOT
}

resource "aws_sqs_queue" "lost" {
  name = "inbox-lost"
  tags = { Name = "inbox" }
}

data "aws_iam_policy_document" "lost" {
  statement {
    effect    = "Allow"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.lost.arn]
    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_sqs_queue_policy" "lost" {
  queue_url = aws_sqs_queue.lost.id
  policy    = data.aws_iam_policy_document.lost.json
}

resource "aws_cloudwatch_event_target" "uploaded" {
  rule = aws_cloudwatch_event_rule.uploaded.name
  arn  = aws_lambda_alias.live.arn

  input_transformer {
    input_paths = {
      bucket = "$.detail.bucket.name"
      key    = "$.detail.object.key"
    }
    input_template = <<-EOT
      {"bucket": "<bucket>", "key": "<key>"}
    EOT
  }

  dead_letter_config {
    arn = aws_sqs_queue.lost.arn
  }

  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts       = 100
  }
}

resource "aws_lambda_permission" "events" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.convert.function_name
  qualifier     = aws_lambda_alias.live.name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.uploaded.arn
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "convert" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.inbox.arn}/incoming/*"]
  }
  statement {
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.inbox.arn}/converted/*"]
  }
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.convert.arn}:*"]
  }
}

resource "aws_iam_role" "convert" {
  name               = "inbox-convert"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_policy" "convert" {
  name   = "inbox-convert"
  path   = "/inbox/"
  policy = data.aws_iam_policy_document.convert.json
}

resource "aws_iam_policy_attachment" "convert" {
  name       = "inbox-convert"
  roles      = [aws_iam_role.convert.name]
  policy_arn = aws_iam_policy.convert.arn
}

resource "aws_cloudwatch_log_group" "convert" {
  name              = "/inbox/convert"
  retention_in_days = 90
}

resource "aws_lambda_function" "convert" {
  function_name = "inbox-convert"
  role          = aws_iam_role.convert.arn
  handler       = "Convert::Handler"
  runtime       = "java21"
  s3_bucket     = "acme-artifacts"
  s3_key        = "convert.jar"
  memory_size   = 1024
  timeout       = 60
  publish       = true

  snap_start {
    apply_on = "PublishedVersions"
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.convert.name
  }

  tags = { Name = "convert" }
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.convert.function_name
  function_version = aws_lambda_function.convert.version
}
