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

  # Both kinds of package have one; the module takes exactly one of them.
  architecture = try(var.package.architecture, var.image.architecture, null)

  # https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
  reserved_environment = [
    "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API", "AWS_REGION", "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT",
  ]

  # What inputs are checked against, and named by when they fail. A validation may not use a local
  # that is made from its own variable.
  patterns = {
    action      = "^[a-z0-9-]+:[A-Za-z]+$"
    environment = "^[A-Za-z][A-Za-z0-9_]+$"
    grant       = "^[a-z][a-z0-9_]{0,47}$"
    layer       = "^arn:[a-z-]+:lambda:[a-z0-9-]+:\\d{12}:layer:[A-Za-z0-9_-]+:[1-9]\\d*$"
  }
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
  architectures                  = [local.architecture]
  code_signing_config_arn        = var.code_signing_config_arn
  filename                       = try(var.package.zip, null)
  handler                        = try(var.package.handler, null)
  image_uri                      = try(var.image.uri, null)
  layers                         = var.layers
  memory_size                    = var.memory
  package_type                   = var.image == null ? "Zip" : "Image"
  publish                        = true
  reserved_concurrent_executions = coalesce(var.concurrency.reserved, -1)
  role                           = aws_iam_role.execution.arn
  runtime                        = try(var.package.runtime, null)
  source_code_hash               = var.package == null ? null : filebase64sha256(var.package.zip)
  tags                           = var.tags
  timeout                        = var.timeout

  dynamic "environment" {
    for_each = length(var.environment) == 0 ? [] : [var.environment]

    content {
      variables = environment.value
    }
  }

  dynamic "image_config" {
    for_each = try(length(var.image.command), 0) == 0 ? [] : [var.image]

    content {
      command = image_config.value.command
    }
  }

  logging_config {
    application_log_level = var.logs.level
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.function.name
    system_log_level      = "INFO"
  }

  dynamic "snap_start" {
    for_each = var.snap_start ? ["PublishedVersions"] : []

    content {
      apply_on = snap_start.value
    }
  }

  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }

  dynamic "vpc_config" {
    for_each = var.vpc == null ? [] : [var.vpc]

    content {
      ipv6_allowed_for_dual_stack = vpc_config.value.ipv6
      security_group_ids          = vpc_config.value.security_group_ids
      subnet_ids                  = vpc_config.value.subnet_ids
    }
  }

  lifecycle {
    precondition {
      condition     = var.image == null ? true : strcontains(var.image.uri, ".ecr.${local.region}.")
      error_message = "image.uri is ${try(var.image.uri, "null")}, and the function is in ${local.region}: Lambda pulls images from its own region only; replicate the repository to it."
    }
  }

  # The first invocation must find its permissions in place.
  depends_on = [aws_iam_role_policy.execution]
}

resource "aws_lambda_alias" "live" {
  name             = local.alias_name
  description      = "The version that triggers invoke"
  function_name    = aws_lambda_function.function.function_name
  function_version = coalesce(var.live_version, aws_lambda_function.function.version)

  dynamic "routing_config" {
    for_each = var.canary == null ? [] : [var.canary]

    content {
      additional_version_weights = { (routing_config.value.version) = routing_config.value.weight }
    }
  }
}
