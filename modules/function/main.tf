data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  # `id` is the region's name in every provider major from 5 to 6; `name` and `region` are not.
  region = data.aws_region.current.id

  # Made from names, so that plans show them and policies can be checked before apply.
  arn           = "arn:${local.partition}:lambda:${local.region}:${local.account_id}:function:${var.name}"
  alias_name    = "live"
  alias_arn     = "${local.arn}:${local.alias_name}"
  log_group     = "/aws/lambda/${var.name}"
  log_group_arn = "arn:${local.partition}:logs:${local.region}:${local.account_id}:log-group:${local.log_group}"

  # https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
  reserved_environment = [
    "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API", "AWS_REGION", "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT",
  ]
}

resource "aws_cloudwatch_log_group" "function" {
  name              = local.log_group
  kms_key_id        = var.logs.kms_key_arn
  retention_in_days = var.logs.retention_days
  tags              = var.tags
}

resource "aws_lambda_function" "function" {
  function_name                  = var.name
  description                    = var.description
  architectures                  = [var.package.architecture]
  filename                       = var.package.zip
  handler                        = var.package.handler
  memory_size                    = var.memory
  publish                        = true
  reserved_concurrent_executions = coalesce(var.concurrency.reserved, -1)
  role                           = aws_iam_role.execution.arn
  runtime                        = var.package.runtime
  source_code_hash               = filebase64sha256(var.package.zip)
  tags                           = var.tags
  timeout                        = var.timeout

  dynamic "environment" {
    for_each = length(var.environment) == 0 ? [] : [var.environment]

    content {
      variables = environment.value
    }
  }

  logging_config {
    application_log_level = var.logs.level
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.function.name
    system_log_level      = "INFO"
  }

  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }

  # The first invocation must find its permissions in place.
  depends_on = [aws_iam_role_policy.execution]
}

resource "aws_lambda_alias" "live" {
  name             = local.alias_name
  description      = "The version that triggers invoke"
  function_name    = aws_lambda_function.function.function_name
  function_version = aws_lambda_function.function.version
}

resource "aws_lambda_provisioned_concurrency_config" "live" {
  count = coalesce(var.concurrency.provisioned, 0) > 0 ? 1 : 0

  function_name                     = aws_lambda_function.function.function_name
  provisioned_concurrent_executions = var.concurrency.provisioned
  # On the alias, so that a new version takes the warm environments over.
  qualifier = aws_lambda_alias.live.name
}
