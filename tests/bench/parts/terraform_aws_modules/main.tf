# The same parts of the order service as in ../ours, wired with terraform-aws-modules as their READMEs
# wire them. For what a module of theirs does not do there is a resource, or a statement of a policy.

provider "aws" {
  region = "eu-west-1"

  default_tags {
    tags = { Project = "lambda-blueprints" }
  }
}

data "aws_caller_identity" "current" {}

locals {
  prefix = "shop"

  function = {
    architectures = ["arm64"]
    handler       = "app.handler"
    runtime       = "python3.13"
  }

  # Sids are made of the keys.
  policies = {
    xray = { actions = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], resources = ["*"] }
    find_by_status = {
      actions   = ["dynamodb:Query"]
      resources = ["${module.orders.dynamodb_table_arn}/index/by_status"]
    }
    read_archive = { actions = ["s3:GetObject"], resources = ["${module.records.s3_bucket_arn}/archive/*"] }
    read_reports = { actions = ["s3:GetObject"], resources = ["${module.records.s3_bucket_arn}/reports/*"] }
    list_records = { actions = ["s3:ListBucket"], resources = [module.records.s3_bucket_arn] }
  }

  tls_only = {
    effect     = "Deny"
    principals = [{ type = "AWS", identifiers = ["*"] }]
    conditions = [{ test = "Bool", variable = "aws:SecureTransport", values = ["false"] }]
  }
  queue_tls_only = merge(local.tls_only, { sid = "DenyPlainHttp", actions = ["sqs:*"] })
  from_topic = {
    sid        = "Deliver"
    actions    = ["sqs:SendMessage"]
    principals = [{ type = "Service", identifiers = ["sns.amazonaws.com"] }]
    conditions = [{ test = "ArnLike", variable = "aws:SourceArn", values = [module.order_events.topic_arn] }]
  }
}

# What is kept.

module "orders" {
  source = "./modules/terraform-aws-dynamodb-table"

  name             = "${local.prefix}-orders"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  attributes = [
    { name = "id", type = "S" },
    { name = "status", type = "S" },
    { name = "created_key", type = "S" },
  ]

  global_secondary_indexes = [
    { name = "by_status", hash_key = "status", range_key = "created_key", projection_type = "ALL" },
  ]
}

module "notifications" {
  source = "./modules/terraform-aws-dynamodb-table"

  name               = "${local.prefix}-notifications"
  attributes         = [{ name = "id", type = "S" }]
  hash_key           = "id"
  ttl_attribute_name = "expires_at"
  ttl_enabled        = true
}

module "stock_levels" {
  source = "./modules/terraform-aws-dynamodb-table"

  name       = "${local.prefix}-stock"
  attributes = [{ name = "id", type = "S" }]
  hash_key   = "id"
}

module "payments_made" {
  source = "./modules/terraform-aws-dynamodb-table"

  name       = "${local.prefix}-payments"
  attributes = [{ name = "id", type = "S" }]
  hash_key   = "id"
}

module "records" {
  source = "./modules/terraform-aws-s3-bucket"

  bucket                                = "${local.prefix}-records-${data.aws_caller_identity.current.account_id}"
  attach_deny_insecure_transport_policy = true
  attach_require_latest_tls_policy      = true
  control_object_ownership              = true
  force_destroy                         = true
  object_ownership                      = "BucketOwnerEnforced"
  versioning                            = { enabled = true }

  lifecycle_rule = [{
    id                                     = "tidy"
    enabled                                = true
    abort_incomplete_multipart_upload_days = 7
    expiration                             = { expired_object_delete_marker = true }
    noncurrent_version_expiration          = { days = 30 }
  }]

  server_side_encryption_configuration = {
    rule = { apply_server_side_encryption_by_default = { sse_algorithm = "AES256" } }
  }
}

# The API.

module "orders_api" {
  source = "./modules/terraform-aws-lambda"

  function_name                     = "${local.prefix}-orders-api"
  architectures                     = local.function.architectures
  attach_policy_statements          = true
  cloudwatch_logs_retention_in_days = 1
  create_package                    = false
  handler                           = local.function.handler
  local_existing_package            = "${path.root}/dist/orders_api.zip"
  logging_log_format                = "JSON"
  memory_size                       = 512
  publish                           = true
  runtime                           = local.function.runtime
  timeout                           = 10
  tracing_mode                      = "Active"

  environment_variables = {
    RECORDS_BUCKET = module.records.s3_bucket_id
    TABLE_NAME     = module.orders.dynamodb_table_id
    UPLOADS_BUCKET = module.uploads.s3_bucket_id
  }

  policy_statements = {
    xray      = local.policies.xray
    approvals = { actions = ["states:SendTaskFailure", "states:SendTaskSuccess"], resources = [module.fulfilment.state_machine_arn] }
    dashboard = local.policies.read_reports
    orders = {
      actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]
      resources = [module.orders.dynamodb_table_arn, "${module.orders.dynamodb_table_arn}/index/by_status"]
    }
    upload = { actions = ["s3:PutObject"], resources = ["${module.uploads.s3_bucket_arn}/incoming/*"] }
  }
}

module "orders_api_alias" {
  source = "./modules/terraform-aws-lambda/modules/alias"

  name                            = "live"
  create_version_allowed_triggers = false
  function_name                   = module.orders_api.lambda_function_name
  function_version                = module.orders_api.lambda_function_version

  allowed_triggers = {
    http_api = { service = "apigateway", source_arn = "${module.orders_http.api_execution_arn}/*/*" }
  }
}

module "orders_http" {
  source = "./modules/terraform-aws-apigateway-v2"

  name               = "${local.prefix}-http"
  create_domain_name = false
  protocol_type      = "HTTP"

  cors_configuration = {
    allow_headers = ["authorization", "content-type", "idempotency-key"]
    allow_methods = ["GET", "POST"]
    allow_origins = ["http://localhost:8400"]
  }

  routes = {
    for route in ["GET /orders", "POST /orders", "GET /orders/{id}", "POST /orders/{id}/cancel", "POST /orders/{id}/approval"] : route => {
      authorization_type = "AWS_IAM"
      integration = {
        payload_format_version = "2.0"
        uri                    = module.orders_api_alias.lambda_alias_invoke_arn
      }
    }
  }

  stage_access_log_settings = {
    create_log_group            = true
    log_group_retention_in_days = 1
  }

  stage_default_route_settings = {
    detailed_metrics_enabled = true
    throttling_burst_limit   = 200
    throttling_rate_limit    = 100
  }
}

# From the outbox to those who subscribe.

module "order_publisher" {
  source = "./modules/terraform-aws-lambda"

  function_name                     = "${local.prefix}-order-publisher"
  architectures                     = local.function.architectures
  attach_policy_statements          = true
  cloudwatch_logs_retention_in_days = 1
  create_package                    = false
  environment_variables             = { TOPIC_ARN = module.order_events.topic_arn }
  handler                           = local.function.handler
  local_existing_package            = "${path.root}/dist/order_publisher.zip"
  logging_log_format                = "JSON"
  memory_size                       = 256
  publish                           = true
  runtime                           = local.function.runtime
  timeout                           = 30
  tracing_mode                      = "Active"

  policy_statements = {
    xray     = local.policies.xray
    events   = { actions = ["sns:Publish"], resources = [module.order_events.topic_arn] }
    failures = { actions = ["sqs:SendMessage"], resources = [module.order_changes_failures.queue_arn] }
    stream = {
      actions   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"]
      resources = [module.orders.dynamodb_table_stream_arn]
    }
  }
}

module "order_publisher_alias" {
  source = "./modules/terraform-aws-lambda/modules/alias"

  name             = "live"
  function_name    = module.order_publisher.lambda_function_name
  function_version = module.order_publisher.lambda_function_version

  event_source_mapping = {
    orders = {
      event_source_arn               = module.orders.dynamodb_table_stream_arn
      batch_size                     = 100
      bisect_batch_on_function_error = true
      destination_arn_on_failure     = module.order_changes_failures.queue_arn
      filter_criteria                = { pattern = jsonencode({ eventName = ["INSERT", "MODIFY"] }) }
      function_response_types        = ["ReportBatchItemFailures"]
      maximum_record_age_in_seconds  = 86400
      maximum_retry_attempts         = 10
      starting_position              = "TRIM_HORIZON"
    }
  }
}

module "order_changes_failures" {
  source = "./modules/terraform-aws-sqs"

  name                      = "${local.prefix}-order-changes-failures"
  create_queue_policy       = true
  message_retention_seconds = 1209600
  queue_policy_statements   = { tls_only = local.queue_tls_only }
  receive_wait_time_seconds = 20
}

module "order_events" {
  source = "./modules/terraform-aws-sns"

  name                    = "${local.prefix}-order-events"
  topic_policy_statements = { tls_only = merge(local.tls_only, { sid = "DenyPlainHttp", actions = ["sns:Publish"] }) }

  subscriptions = {
    fulfil = {
      endpoint       = module.orders_to_fulfil.queue_arn
      filter_policy  = jsonencode({ type = ["order.placed"] })
      protocol       = "sqs"
      redrive_policy = jsonencode({ deadLetterTargetArn = module.orders_to_fulfil.dead_letter_queue_arn })
    }
    tell = {
      endpoint       = module.orders_to_tell.queue_arn
      filter_policy  = jsonencode({ type = ["order.placed", "order.fulfilled", "order.failed", "order.cancelled"] })
      protocol       = "sqs"
      redrive_policy = jsonencode({ deadLetterTargetArn = module.orders_to_tell.dead_letter_queue_arn })
    }
  }
}

module "fulfilment_starter" {
  source = "./modules/terraform-aws-lambda"

  function_name                     = "${local.prefix}-fulfilment-starter"
  architectures                     = local.function.architectures
  attach_policy_statements          = true
  cloudwatch_logs_retention_in_days = 1
  create_package                    = false
  environment_variables             = { STATE_MACHINE_ARN = module.fulfilment.state_machine_arn }
  handler                           = local.function.handler
  local_existing_package            = "${path.root}/dist/fulfilment_starter.zip"
  logging_log_format                = "JSON"
  memory_size                       = 256
  publish                           = true
  runtime                           = local.function.runtime
  timeout                           = 30
  tracing_mode                      = "Active"

  policy_statements = {
    xray       = local.policies.xray
    fulfilment = { actions = ["states:StartExecution"], resources = [module.fulfilment.state_machine_arn] }
    queue      = { actions = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], resources = [module.orders_to_fulfil.queue_arn] }
  }
}

module "fulfilment_starter_alias" {
  source = "./modules/terraform-aws-lambda/modules/alias"

  name             = "live"
  function_name    = module.fulfilment_starter.lambda_function_name
  function_version = module.fulfilment_starter.lambda_function_version

  event_source_mapping = {
    orders = {
      event_source_arn        = module.orders_to_fulfil.queue_arn
      batch_size              = 10
      function_response_types = ["ReportBatchItemFailures"]
    }
  }
}

module "orders_to_fulfil" {
  source = "./modules/terraform-aws-sqs"

  name                          = "${local.prefix}-orders-to-fulfil"
  create_dlq                    = true
  create_dlq_queue_policy       = true
  create_queue_policy           = true
  dlq_message_retention_seconds = 1209600
  dlq_queue_policy_statements   = { tls_only = local.queue_tls_only, from_topic = local.from_topic }
  queue_policy_statements       = { tls_only = local.queue_tls_only, from_topic = local.from_topic }
  receive_wait_time_seconds     = 20
  redrive_policy                = { maxReceiveCount = 5 }
  # Six times the function's timeout.
  visibility_timeout_seconds = 180
}

module "order_notifier" {
  source = "./modules/terraform-aws-lambda"

  function_name                     = "${local.prefix}-order-notifier"
  architectures                     = local.function.architectures
  attach_policy_statements          = true
  cloudwatch_logs_retention_in_days = 1
  create_package                    = false
  environment_variables             = { TABLE_NAME = module.notifications.dynamodb_table_id }
  handler                           = local.function.handler
  local_existing_package            = "${path.root}/dist/order_notifier.zip"
  logging_log_format                = "JSON"
  memory_size                       = 256
  publish                           = true
  runtime                           = local.function.runtime
  timeout                           = 30
  tracing_mode                      = "Active"

  policy_statements = {
    xray          = local.policies.xray
    notifications = { actions = ["dynamodb:BatchWriteItem"], resources = [module.notifications.dynamodb_table_arn] }
    queue         = { actions = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], resources = [module.orders_to_tell.queue_arn] }
  }
}

module "order_notifier_alias" {
  source = "./modules/terraform-aws-lambda/modules/alias"

  name             = "live"
  function_name    = module.order_notifier.lambda_function_name
  function_version = module.order_notifier.lambda_function_version

  event_source_mapping = {
    orders = {
      event_source_arn        = module.orders_to_tell.queue_arn
      batch_size              = 10
      function_response_types = ["ReportBatchItemFailures"]
    }
  }
}

module "orders_to_tell" {
  source = "./modules/terraform-aws-sqs"

  name                          = "${local.prefix}-orders-to-tell"
  create_dlq                    = true
  create_dlq_queue_policy       = true
  create_queue_policy           = true
  dlq_message_retention_seconds = 1209600
  dlq_queue_policy_statements   = { tls_only = local.queue_tls_only, from_topic = local.from_topic }
  queue_policy_statements       = { tls_only = local.queue_tls_only, from_topic = local.from_topic }
  receive_wait_time_seconds     = 20
  redrive_policy                = { maxReceiveCount = 5 }
  visibility_timeout_seconds    = 180
}

# Fulfilment.

module "fulfilment" {
  source = "./modules/terraform-aws-step-functions"

  name                                   = "${local.prefix}-fulfilment"
  attach_policies_for_integrations       = true
  cloudwatch_log_group_retention_in_days = 1
  logging_configuration                  = { include_execution_data = false, level = "ERROR" }
  role_name                              = "${local.prefix}-fulfilment-workflow"
  type                                   = "STANDARD"

  definition = templatefile("${path.root}/fulfilment.asl.json", {
    approval_threshold = 100000
    approval_timeout   = 600
    functions = {
      fulfilment = module.fulfilment_tasks_alias.lambda_alias_arn
      payments   = module.payments_alias.lambda_alias_arn
      stock      = module.stock_alias.lambda_alias_arn
    }
    partition = "aws"
    timeout   = 4200
  })

  service_integrations = {
    lambda = { lambda = [module.fulfilment_tasks_alias.lambda_alias_arn, module.payments_alias.lambda_alias_arn, module.stock_alias.lambda_alias_arn] }
    xray   = { xray = true }
  }
}

module "fulfilment_tasks" {
  source = "./modules/terraform-aws-lambda"

  function_name                     = "${local.prefix}-fulfilment"
  architectures                     = local.function.architectures
  attach_policy_statements          = true
  cloudwatch_logs_retention_in_days = 1
  create_package                    = false
  environment_variables             = { TABLE_NAME = module.orders.dynamodb_table_id }
  handler                           = local.function.handler
  local_existing_package            = "${path.root}/dist/fulfilment.zip"
  logging_log_format                = "JSON"
  memory_size                       = 256
  publish                           = true
  runtime                           = local.function.runtime
  timeout                           = 10
  tracing_mode                      = "Active"

  policy_statements = {
    xray   = local.policies.xray
    orders = { actions = ["dynamodb:GetItem", "dynamodb:UpdateItem"], resources = [module.orders.dynamodb_table_arn] }
  }
}

module "fulfilment_tasks_alias" {
  source = "./modules/terraform-aws-lambda/modules/alias"

  name             = "live"
  function_name    = module.fulfilment_tasks.lambda_function_name
  function_version = module.fulfilment_tasks.lambda_function_version
}

module "stock" {
  source = "./modules/terraform-aws-lambda"

  function_name                     = "${local.prefix}-stock"
  architectures                     = local.function.architectures
  attach_policy_statements          = true
  cloudwatch_logs_retention_in_days = 1
  create_package                    = false
  environment_variables             = { TABLE_NAME = module.stock_levels.dynamodb_table_id }
  handler                           = local.function.handler
  local_existing_package            = "${path.root}/dist/stock.zip"
  logging_log_format                = "JSON"
  memory_size                       = 256
  publish                           = true
  runtime                           = local.function.runtime
  timeout                           = 10
  tracing_mode                      = "Active"

  policy_statements = {
    xray   = local.policies.xray
    levels = { actions = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], resources = [module.stock_levels.dynamodb_table_arn] }
  }
}

module "stock_alias" {
  source = "./modules/terraform-aws-lambda/modules/alias"

  name             = "live"
  function_name    = module.stock.lambda_function_name
  function_version = module.stock.lambda_function_version
}

module "payments" {
  source = "./modules/terraform-aws-lambda"

  function_name                     = "${local.prefix}-payments"
  architectures                     = local.function.architectures
  attach_policy_statements          = true
  cloudwatch_logs_retention_in_days = 1
  create_package                    = false
  environment_variables             = { TABLE_NAME = module.payments_made.dynamodb_table_id }
  handler                           = local.function.handler
  local_existing_package            = "${path.root}/dist/payments.zip"
  logging_log_format                = "JSON"
  memory_size                       = 256
  publish                           = true
  runtime                           = local.function.runtime
  timeout                           = 10
  tracing_mode                      = "Active"

  policy_statements = {
    xray     = local.policies.xray
    payments = { actions = ["dynamodb:PutItem", "dynamodb:UpdateItem"], resources = [module.payments_made.dynamodb_table_arn] }
  }
}

module "payments_alias" {
  source = "./modules/terraform-aws-lambda/modules/alias"

  name             = "live"
  function_name    = module.payments.lambda_function_name
  function_version = module.payments.lambda_function_version
}

# Files of orders.

module "order_import" {
  source = "./modules/terraform-aws-lambda"

  function_name                     = "${local.prefix}-order-import"
  architectures                     = local.function.architectures
  attach_policy_statements          = true
  cloudwatch_logs_retention_in_days = 1
  create_package                    = false
  environment_variables             = { REPORT_PREFIX = "reports/", TABLE_NAME = module.orders.dynamodb_table_id }
  handler                           = local.function.handler
  local_existing_package            = "${path.root}/dist/order_import.zip"
  logging_log_format                = "JSON"
  memory_size                       = 256
  publish                           = true
  runtime                           = local.function.runtime
  timeout                           = 900
  tracing_mode                      = "Active"

  policy_statements = {
    xray          = local.policies.xray
    failures      = { actions = ["sqs:SendMessage"], resources = [module.import_failures.queue_arn] }
    orders        = { actions = ["dynamodb:BatchGetItem", "dynamodb:PutItem"], resources = [module.orders.dynamodb_table_arn] }
    read_uploads  = { actions = ["s3:GetObject", "s3:GetObjectVersion"], resources = ["${module.uploads.s3_bucket_arn}/incoming/*"] }
    write_reports = { actions = ["s3:AbortMultipartUpload", "s3:PutObject"], resources = ["${module.uploads.s3_bucket_arn}/reports/*"] }
    tell_what_is_gone = {
      actions   = ["s3:ListBucketVersions"]
      condition = { prefix = { test = "StringLike", variable = "s3:prefix", values = ["incoming/*"] } }
      resources = [module.uploads.s3_bucket_arn]
    }
  }
}

module "order_import_alias" {
  source = "./modules/terraform-aws-lambda/modules/alias"

  name                              = "live"
  create_async_event_config         = true
  create_version_async_event_config = false
  destination_on_failure            = module.import_failures.queue_arn
  function_name                     = module.order_import.lambda_function_name
  function_version                  = module.order_import.lambda_function_version
  maximum_event_age_in_seconds      = 21600
  maximum_retry_attempts            = 2
}

module "uploads" {
  source = "./modules/terraform-aws-s3-bucket"

  bucket                                = "${local.prefix}-uploads-${data.aws_caller_identity.current.account_id}"
  attach_deny_insecure_transport_policy = true
  attach_require_latest_tls_policy      = true
  control_object_ownership              = true
  force_destroy                         = true
  object_ownership                      = "BucketOwnerEnforced"
  versioning                            = { enabled = true }

  lifecycle_rule = [
    {
      id                                     = "tidy"
      enabled                                = true
      abort_incomplete_multipart_upload_days = 7
      expiration                             = { expired_object_delete_marker = true }
      noncurrent_version_expiration          = { days = 30 }
    },
    { id = "uploads", enabled = true, filter = { prefix = "incoming/" }, expiration = { days = 90 } },
    { id = "reports", enabled = true, filter = { prefix = "reports/" }, expiration = { days = 90 } },
  ]

  server_side_encryption_configuration = {
    rule = { apply_server_side_encryption_by_default = { sse_algorithm = "AES256" } }
  }
}

module "uploads_notification" {
  source = "./modules/terraform-aws-s3-bucket/modules/notification"

  bucket     = module.uploads.s3_bucket_id
  bucket_arn = module.uploads.s3_bucket_arn

  lambda_notifications = {
    orders = {
      events         = ["s3:ObjectCreated:*"]
      filter_prefix  = "incoming/"
      function_arn   = module.order_import_alias.lambda_alias_arn
      function_name  = module.order_import.lambda_function_name
      qualifier      = module.order_import_alias.lambda_alias_name
      source_account = data.aws_caller_identity.current.account_id
    }
  }
}

module "import_failures" {
  source = "./modules/terraform-aws-sqs"

  name                      = "${local.prefix}-import-failures"
  create_queue_policy       = true
  message_retention_seconds = 1209600
  queue_policy_statements   = { tls_only = local.queue_tls_only }
  receive_wait_time_seconds = 20
}

# Every night.

module "orders_report" {
  source = "./modules/terraform-aws-lambda"

  function_name                     = "${local.prefix}-orders-report"
  architectures                     = local.function.architectures
  attach_policy_statements          = true
  cloudwatch_logs_retention_in_days = 1
  create_package                    = false
  handler                           = local.function.handler
  local_existing_package            = "${path.root}/dist/orders_report.zip"
  logging_log_format                = "JSON"
  memory_size                       = 256
  publish                           = true
  runtime                           = local.function.runtime
  timeout                           = 300
  tracing_mode                      = "Active"

  environment_variables = {
    BUCKET_NAME = module.records.s3_bucket_id
    TABLE_NAME  = module.orders.dynamodb_table_id
    TIME_ZONE   = "Europe/Dublin"
  }

  policy_statements = {
    xray     = local.policies.xray
    archive  = local.policies.read_archive
    failures = { actions = ["sqs:SendMessage"], resources = [module.nightly_dlq["report"].queue_arn] }
    orders   = local.policies.find_by_status
    records  = local.policies.list_records
    reports  = local.policies.read_reports
    reported = { actions = ["s3:PutObject"], resources = ["${module.records.s3_bucket_arn}/reports/*"] }
  }
}

module "orders_report_alias" {
  source = "./modules/terraform-aws-lambda/modules/alias"

  name                              = "live"
  create_async_event_config         = true
  create_version_async_event_config = false
  destination_on_failure            = module.nightly_dlq["report"].queue_arn
  function_name                     = module.orders_report.lambda_function_name
  function_version                  = module.orders_report.lambda_function_version
  maximum_event_age_in_seconds      = 21600
  maximum_retry_attempts            = 2
}

module "orders_archive" {
  source = "./modules/terraform-aws-lambda"

  function_name                     = "${local.prefix}-orders-archive"
  architectures                     = local.function.architectures
  attach_policy_statements          = true
  cloudwatch_logs_retention_in_days = 1
  create_package                    = false
  handler                           = local.function.handler
  local_existing_package            = "${path.root}/dist/orders_archive.zip"
  logging_log_format                = "JSON"
  memory_size                       = 256
  publish                           = true
  runtime                           = local.function.runtime
  timeout                           = 900
  tracing_mode                      = "Active"

  environment_variables = {
    ARCHIVE_AFTER_DAYS = "90"
    BUCKET_NAME        = module.records.s3_bucket_id
    TABLE_NAME         = module.orders.dynamodb_table_id
  }

  policy_statements = {
    xray     = local.policies.xray
    archive  = local.policies.read_archive
    archived = { actions = ["s3:PutObject"], resources = ["${module.records.s3_bucket_arn}/archive/*"] }
    failures = { actions = ["sqs:SendMessage"], resources = [module.nightly_dlq["archive"].queue_arn] }
    old      = { actions = ["dynamodb:DeleteItem"], resources = [module.orders.dynamodb_table_arn] }
    orders   = local.policies.find_by_status
    records  = local.policies.list_records
  }
}

module "orders_archive_alias" {
  source = "./modules/terraform-aws-lambda/modules/alias"

  name                              = "live"
  create_async_event_config         = true
  create_version_async_event_config = false
  destination_on_failure            = module.nightly_dlq["archive"].queue_arn
  function_name                     = module.orders_archive.lambda_function_name
  function_version                  = module.orders_archive.lambda_function_version
  maximum_event_age_in_seconds      = 21600
  maximum_retry_attempts            = 2
}

module "nightly" {
  source = "./modules/terraform-aws-eventbridge"

  append_schedule_group_postfix = false
  append_schedule_postfix       = false
  attach_lambda_policy          = true
  attach_sqs_policy             = true
  create_bus                    = false
  lambda_target_arns            = [module.orders_report_alias.lambda_alias_arn, module.orders_archive_alias.lambda_alias_arn]
  role_name                     = "${local.prefix}-nightly"
  sqs_target_arns               = [for queue in module.nightly_dlq : queue.queue_arn]

  schedule_groups = {
    "${local.prefix}-nightly-report"  = {}
    "${local.prefix}-nightly-archive" = {}
  }

  schedules = {
    report = {
      arn                 = module.orders_report_alias.lambda_alias_arn
      dead_letter_arn     = module.nightly_dlq["report"].queue_arn
      group_name          = "${local.prefix}-nightly-report"
      input               = "{}"
      retry_policy        = { maximum_event_age_in_seconds = 3600, maximum_retry_attempts = 10 }
      schedule_expression = "cron(15 1 * * ? *)"
      timezone            = "Europe/Dublin"
    }
    archive = {
      arn                 = module.orders_archive_alias.lambda_alias_arn
      dead_letter_arn     = module.nightly_dlq["archive"].queue_arn
      group_name          = "${local.prefix}-nightly-archive"
      input               = "{}"
      retry_policy        = { maximum_event_age_in_seconds = 3600, maximum_retry_attempts = 10 }
      schedule_expression = "cron(45 1 * * ? *)"
      timezone            = "Europe/Dublin"
    }
  }
}

module "nightly_dlq" {
  source   = "./modules/terraform-aws-sqs"
  for_each = toset(["report", "archive"])

  name                      = "${local.prefix}-nightly-${each.key}-dlq"
  create_queue_policy       = true
  message_retention_seconds = 1209600
  queue_policy_statements   = { tls_only = local.queue_tls_only }
  receive_wait_time_seconds = 20
}

# Alarms: as many, on the same metrics.

locals {
  # Name and timeout, in seconds.
  watched_functions = {
    orders-api         = 10
    order-publisher    = 30
    fulfilment-starter = 30
    order-notifier     = 30
    fulfilment         = 10
    stock              = 10
    payments           = 10
    order-import       = 900
    orders-report      = 300
    orders-archive     = 900
  }
  watched_tables    = ["orders", "notifications", "stock", "payments"]
  watched_queues    = { orders-to-fulfil = 900, orders-to-tell = 900 }
  watched_dlqs      = ["orders-to-fulfil-dlq", "orders-to-tell-dlq", "order-changes-failures", "import-failures", "nightly-report-dlq", "nightly-archive-dlq"]
  watched_schedules = ["nightly-report", "nightly-archive"]

  function_alarms = merge([
    for name, timeout in local.watched_functions : {
      "${name}-errors"    = { namespace = "AWS/Lambda", metric = "Errors", threshold = 1, dimensions = { FunctionName = "${local.prefix}-${name}" } }
      "${name}-throttles" = { namespace = "AWS/Lambda", metric = "Throttles", threshold = 1, dimensions = { FunctionName = "${local.prefix}-${name}" } }
      "${name}-duration"  = { namespace = "AWS/Lambda", metric = "Duration", extended_statistic = "p99", threshold = timeout * 800, dimensions = { FunctionName = "${local.prefix}-${name}" } }
    }
  ]...)
  async_alarms = merge([
    for name in ["order-import", "orders-report", "orders-archive"] : {
      "${name}-undelivered" = { namespace = "AWS/Lambda", metric = "DestinationDeliveryFailures", threshold = 1, dimensions = { FunctionName = "${local.prefix}-${name}" } }
    }
  ]...)
  table_alarms = merge([
    for name in local.watched_tables : {
      "${name}-read-throttles"  = { namespace = "AWS/DynamoDB", metric = "ReadThrottleEvents", threshold = 1, dimensions = { TableName = "${local.prefix}-${name}" } }
      "${name}-write-throttles" = { namespace = "AWS/DynamoDB", metric = "WriteThrottleEvents", threshold = 1, dimensions = { TableName = "${local.prefix}-${name}" } }
    }
  ]...)
  queue_alarms = merge(
    {
      for name, seconds in local.watched_queues :
      "${name}-age" => { namespace = "AWS/SQS", metric = "ApproximateAgeOfOldestMessage", statistic = "Maximum", threshold = seconds, dimensions = { QueueName = "${local.prefix}-${name}" } }
    },
    {
      for name in local.watched_dlqs :
      "${name}-depth" => { namespace = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", statistic = "Maximum", threshold = 1, dimensions = { QueueName = "${local.prefix}-${name}" } }
    },
  )
  schedule_alarms = merge([
    for name in local.watched_schedules : {
      "${name}-dropped"       = { namespace = "AWS/Scheduler", metric = "InvocationDroppedCount", threshold = 1, dimensions = { ScheduleGroup = "${local.prefix}-${name}" } }
      "${name}-target-errors" = { namespace = "AWS/Scheduler", metric = "TargetErrorCount", threshold = 1, dimensions = { ScheduleGroup = "${local.prefix}-${name}" } }
    }
  ]...)
  other_alarms = {
    "order-changes-age"     = { namespace = "AWS/Lambda", metric = "IteratorAge", statistic = "Maximum", threshold = 60000, dimensions = { FunctionName = "${local.prefix}-order-publisher" } }
    "uploads-dropped"       = { namespace = "AWS/Lambda", metric = "AsyncEventsDropped", threshold = 1, dimensions = { FunctionName = "${local.prefix}-order-import" } }
    "uploads-waiting"       = { namespace = "AWS/Lambda", metric = "AsyncEventAge", statistic = "Maximum", threshold = 900000, dimensions = { FunctionName = "${local.prefix}-order-import" } }
    "events-failed"         = { namespace = "AWS/SNS", metric = "NumberOfNotificationsFailed", threshold = 1, dimensions = { TopicName = "${local.prefix}-order-events" } }
    "events-lost"           = { namespace = "AWS/SNS", metric = "NumberOfNotificationsFailedToRedriveToDlq", threshold = 1, dimensions = { TopicName = "${local.prefix}-order-events" } }
    "events-bad-attributes" = { namespace = "AWS/SNS", metric = "NumberOfNotificationsFilteredOut-InvalidAttributes", threshold = 1, dimensions = { TopicName = "${local.prefix}-order-events" } }
    "events-bad-body"       = { namespace = "AWS/SNS", metric = "NumberOfNotificationsFilteredOut-InvalidMessageBody", threshold = 1, dimensions = { TopicName = "${local.prefix}-order-events" } }
    "fulfilment-failed"     = { namespace = "AWS/States", metric = "ExecutionsFailed", threshold = 1, dimensions = { StateMachineArn = module.fulfilment.state_machine_arn } }
    "fulfilment-throttled"  = { namespace = "AWS/States", metric = "ExecutionThrottled", threshold = 1, dimensions = { StateMachineArn = module.fulfilment.state_machine_arn } }
    "fulfilment-timed-out"  = { namespace = "AWS/States", metric = "ExecutionsTimedOut", threshold = 1, dimensions = { StateMachineArn = module.fulfilment.state_machine_arn } }
    "http-errors"           = { namespace = "AWS/ApiGateway", metric = "5xx", threshold = 1, dimensions = { ApiId = module.orders_http.api_id, Stage = "$default" } }
    "http-latency"          = { namespace = "AWS/ApiGateway", metric = "Latency", extended_statistic = "p99", threshold = 3000, dimensions = { ApiId = module.orders_http.api_id, Stage = "$default" } }
  }

  # Kept apart by kind above, since a map of objects wants all of them alike.
  alarms = merge([
    for alarms in [local.function_alarms, local.async_alarms, local.table_alarms, local.queue_alarms, local.schedule_alarms, local.other_alarms] :
    { for name, alarm in alarms : name => alarm }
  ]...)
}

module "alarms" {
  source   = "./modules/terraform-aws-cloudwatch/modules/metric-alarm"
  for_each = local.alarms

  alarm_name          = "${local.prefix}-${each.key}"
  alarm_description   = "${each.value.metric} of ${join(", ", values(each.value.dimensions))}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  dimensions          = each.value.dimensions
  evaluation_periods  = 1
  extended_statistic  = try(each.value.extended_statistic, null)
  metric_name         = each.value.metric
  namespace           = each.value.namespace
  period              = 300
  statistic           = try(each.value.extended_statistic, null) == null ? try(each.value.statistic, "Sum") : null
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
}
