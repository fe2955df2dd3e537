locals {
  destinations = var.async == null ? {} : {
    SendFailures  = var.async.on_failure_arn
    SendSuccesses = var.async.on_success_arn
  }

  # What Lambda does at a destination with the function's role, by the service in its ARN:
  # https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
  destination_actions = {
    events = ["events:PutEvents"]
    lambda = ["lambda:InvokeFunction"]
    s3     = ["s3:ListBucket", "s3:PutObject"]
    sns    = ["sns:Publish"]
    sqs    = ["sqs:SendMessage"]
  }

  destination_statements = [
    for sid, arn in local.destinations : {
      Sid      = sid
      Effect   = "Allow"
      Action   = local.destination_actions[split(":", arn)[2]]
      Resource = split(":", arn)[2] == "s3" ? [arn, "${arn}/*"] : [arn]
    } if arn != null
  ]
}

resource "aws_lambda_function_event_invoke_config" "live" {
  count = var.async == null ? 0 : 1

  function_name                = aws_lambda_function.function.function_name
  maximum_event_age_in_seconds = var.async.max_age
  maximum_retry_attempts       = var.async.retries
  qualifier                    = aws_lambda_alias.live.name

  dynamic "destination_config" {
    for_each = length(local.destination_statements) == 0 ? [] : [var.async]

    content {
      dynamic "on_failure" {
        for_each = destination_config.value.on_failure_arn == null ? [] : [destination_config.value.on_failure_arn]

        content {
          destination = on_failure.value
        }
      }

      dynamic "on_success" {
        for_each = destination_config.value.on_success_arn == null ? [] : [destination_config.value.on_success_arn]

        content {
          destination = on_success.value
        }
      }
    }
  }

  # Lambda looks whether the role may send before it takes a destination.
  depends_on = [aws_iam_role_policy.execution]
}
