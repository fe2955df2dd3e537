data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  prefix = "acme-claims"
  tags   = { Team = "claims", ManagedBy = "terraform" }

  account = data.aws_caller_identity.current.account_id
  machine = "arn:${data.aws_partition.current.partition}:states:${data.aws_region.current.name}:${local.account}:stateMachine:${local.prefix}"
}

resource "aws_sqs_queue" "claims" {
  name                       = "${local.prefix}-in"
  visibility_timeout_seconds = 120
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.claims_dlq.arn
    maxReceiveCount     = 4
  })
  tags = local.tags
}

resource "aws_sqs_queue" "claims_dlq" {
  name                      = "${local.prefix}-in-dlq"
  message_retention_seconds = 1209600
  tags                      = local.tags
}

resource "aws_cloudwatch_log_group" "enrich" {
  name              = "/aws/lambda/${local.prefix}-enrich"
  retention_in_days = 30
}

resource "aws_iam_role" "enrich" {
  name = "${local.prefix}-enrich"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "enrich" {
  role = aws_iam_role.enrich.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = {
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "${aws_cloudwatch_log_group.enrich.arn}:*"
    }
  })
}

resource "aws_lambda_function" "enrich" {
  function_name = "${local.prefix}-enrich"
  role          = aws_iam_role.enrich.arn
  handler       = "app.handler"
  runtime       = "python3.13"
  architectures = ["arm64"]
  s3_bucket     = "acme-artifacts"
  s3_key        = "claims/enrich.zip"
  timeout       = 10
  tags          = local.tags
}

resource "aws_iam_role" "machine" {
  name = "${local.prefix}-machine"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "states.amazonaws.com" } }]
  })
}

resource "aws_sfn_state_machine" "claim" {
  name     = local.prefix
  role_arn = aws_iam_role.machine.arn
  definition = jsonencode({
    StartAt        = "Known"
    TimeoutSeconds = 600
    States = {
      Known = {
        Type    = "Choice"
        Choices = [{ Variable = "$[0].customer", IsPresent = true, Next = "Accept" }]
        Default = "Refuse"
      }
      Accept = { Type = "Succeed" }
      Refuse = { Type = "Fail", Error = "UnknownCustomer" }
    }
  })
  tags = local.tags
}

data "aws_iam_policy_document" "pipe_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["pipes.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

data "aws_iam_policy_document" "pipe" {
  statement {
    sid       = "Source"
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    resources = [aws_sqs_queue.claims.arn]
  }
  statement {
    sid       = "Enrichment"
    actions   = ["lambda:InvokeFunction"]
    resources = [aws_lambda_function.enrich.arn]
  }
  statement {
    sid       = "Target"
    actions   = ["states:StartExecution"]
    resources = [local.machine]
  }
}

resource "aws_iam_role" "pipe" {
  name_prefix        = "${local.prefix}-pipe-"
  assume_role_policy = data.aws_iam_policy_document.pipe_trust.json
}

resource "aws_iam_role_policy" "pipe" {
  name   = "pipe"
  role   = aws_iam_role.pipe.name
  policy = data.aws_iam_policy_document.pipe.json
}

resource "aws_pipes_pipe" "claims" {
  name       = local.prefix
  role_arn   = aws_iam_role.pipe.arn
  source     = aws_sqs_queue.claims.arn
  enrichment = aws_lambda_function.enrich.arn
  target     = aws_sfn_state_machine.claim.arn

  source_parameters {
    sqs_queue_parameters {
      batch_size = 5
    }
  }

  target_parameters {
    step_function_state_machine_parameters {
      invocation_type = "FIRE_AND_FORGET"
    }
  }

  tags       = local.tags
  depends_on = [aws_iam_role_policy.pipe]
}
