data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  # `id` is the region's name in every provider major from 5 to 6; `name` and `region` are not.
  region = data.aws_region.current.id

  # Made from names, so that plans show them and policies can be checked before apply.
  arn           = "arn:${local.partition}:states:${local.region}:${local.account_id}:stateMachine:${var.name}"
  role_name     = "${var.name}-workflow"
  role_arn      = "arn:${local.partition}:iam::${local.account_id}:role/${local.role_name}"
  log_group_arn = "arn:${local.partition}:logs:${local.region}:${local.account_id}:log-group:${local.log_group}"
  # The prefix keeps the log group out of the resource policy of log delivery, which has a limit:
  # https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
  log_group = "/aws/vendedlogs/states/${var.name}"
  logged    = var.logs.level != "OFF"
}

resource "aws_cloudwatch_log_group" "workflow" {
  count = local.logged ? 1 : 0

  name              = local.log_group
  kms_key_id        = var.logs.kms_key_arn
  retention_in_days = var.logs.retention_days
  tags              = var.tags
}

resource "aws_sfn_state_machine" "workflow" {
  name       = var.name
  definition = local.text
  role_arn   = aws_iam_role.workflow.arn
  tags       = var.tags
  type       = var.type

  logging_configuration {
    include_execution_data = var.logs.include_data
    level                  = var.logs.level
    log_destination        = local.logged ? "${local.log_group_arn}:*" : null
  }

  tracing_configuration {
    enabled = var.tracing
  }

  lifecycle {
    precondition {
      condition     = local.is_machine
      error_message = "definition.file ${var.definition.file} is no state machine once its variables are filled in: it must be JSON, an object with States."
    }

    precondition {
      condition     = length(local.too_deep) == 0
      error_message = "definition nests states more than ${local.depth} levels deep, which is as far as the checks look: move a branch to a workflow of its own."
    }

    precondition {
      condition     = local.is_machine ? try(local.machine.TimeoutSeconds == var.timeout, false) : true
      error_message = "definition has TimeoutSeconds ${try(local.machine.TimeoutSeconds, "nowhere")} while timeout is ${var.timeout} s: write \"TimeoutSeconds\": $${timeout} beside StartAt, so that an execution ends."
    }

    precondition {
      condition     = length(local.dangling) == 0
      error_message = "definition goes to states that it does not have (${join(", ", local.dangling)}): mend the name, or write the state."
    }

    precondition {
      condition     = length(local.unreachable) == 0
      error_message = "definition has states that nothing goes to (${join(", ", local.unreachable)}): name them in a Next, or take them out."
    }

    precondition {
      condition     = length(local.endless) == 0
      error_message = "definition has states from which nothing follows (${join(", ", local.endless)}): give each a Next, or \"End\": true."
    }

    precondition {
      condition     = length(local.strange) == 0
      error_message = "definition has tasks that invoke none of functions (${join(", ", local.strange)}): name one as $${functions.<name>}; the role may invoke nothing else."
    }

    precondition {
      condition     = length(local.unused) == 0
      error_message = "functions has ${join(", ", local.unused)}, which no task invokes: leave it out, or invoke $${functions.${try(local.unused[0], "")}}; the role may invoke no more than it needs."
    }

    precondition {
      condition     = length(local.unretried) == 0
      error_message = "definition has tasks that do not retry Lambda's own errors (${join("; ", local.unretried)}): add them to Retry, or States.TaskFailed; Lambda fails now and then, and the whole execution would with it."
    }

    precondition {
      condition     = var.type == "EXPRESS" ? length(local.waiting) == 0 : true
      error_message = "type is EXPRESS, and ${join(", ", local.waiting)} waits for a callback, which an express workflow cannot: take type = \"STANDARD\"."
    }
  }

  # The first execution must find its permissions in place.
  depends_on = [aws_cloudwatch_log_group.workflow, aws_iam_role_policy.workflow]
}
