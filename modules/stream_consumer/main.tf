data "aws_region" "current" {}

locals {
  # `id` is the region's name in every provider major from 5 to 6; `name` and `region` are not.
  region = data.aws_region.current.id

  # A table's stream has the second of its creation in its ARN: known after apply.
  stream_arn = var.table == null ? var.stream_arn : var.table.stream_arn

  on_failure_arn = var.on_failure_arn == null ? one(module.failures[*].arn) : var.on_failure_arn
}

resource "aws_lambda_event_source_mapping" "consume" {
  event_source_arn                   = local.stream_arn
  function_name                      = var.function.alias_arn
  batch_size                         = var.batch.size
  bisect_batch_on_function_error     = var.bisect
  function_response_types            = ["ReportBatchItemFailures"]
  maximum_batching_window_in_seconds = var.batch.window_seconds
  maximum_record_age_in_seconds      = var.max_age
  maximum_retry_attempts             = var.retries
  parallelization_factor             = var.parallelization
  starting_position                  = var.starting_position
  tags                               = var.tags

  destination_config {
    on_failure {
      destination_arn = local.on_failure_arn
    }
  }

  dynamic "filter_criteria" {
    for_each = length(var.filter) == 0 ? [] : [var.filter]

    content {
      dynamic "filter" {
        for_each = filter_criteria.value

        content {
          pattern = filter.value
        }
      }
    }
  }

  # Lambda tries the role, on the stream and on the destination, when the mapping is made.
  depends_on = [aws_iam_role_policy.consume]
}
