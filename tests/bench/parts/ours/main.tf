# The parts of the order service that terraform-aws-modules has modules for, wired with the modules of
# this repository. The same parts, wired with theirs, are beside it.

provider "aws" {
  region = "eu-west-1"

  default_tags {
    tags = { Project = "lambda-blueprints" }
  }
}

data "aws_caller_identity" "current" {}

locals {
  prefix = "shop"
  zip    = { for name in ["fulfilment", "fulfilment_starter", "order_import", "order_notifier", "order_publisher", "orders_api", "orders_archive", "orders_report", "payments", "stock"] : name => { zip = "${path.root}/dist/${name}.zip" } }
  logs   = { retention_days = 1 }

  find_by_status = merge(module.orders.grants.read, { actions = ["dynamodb:Query"], resources = ["${module.orders.arn}/index/by_status"] })
}

# What is kept.

module "orders" {
  source = "./modules/table"

  name          = "${local.prefix}-orders"
  partition_key = { name = "id" }
  recovery_days = null
  stream        = "NEW_AND_OLD_IMAGES"
  indexes       = { by_status = { partition_key = { name = "status" }, sort_key = { name = "created_key" } } }

  deletion_protection = false
}

module "notifications" {
  source = "./modules/table"

  name          = "${local.prefix}-notifications"
  partition_key = { name = "id" }
  recovery_days = null
  ttl_attribute = "expires_at"

  deletion_protection = false
}

module "stock_levels" {
  source = "./modules/table"

  name          = "${local.prefix}-stock"
  partition_key = { name = "id" }
  recovery_days = null

  deletion_protection = false
}

module "payments_made" {
  source = "./modules/table"

  name          = "${local.prefix}-payments"
  partition_key = { name = "id" }
  recovery_days = null

  deletion_protection = false
}

module "records" {
  source = "./modules/bucket"

  bucket              = "${local.prefix}-records-${data.aws_caller_identity.current.account_id}"
  deletion_protection = false
  prefixes            = ["archive/", "reports/"]
}

# The API.

module "orders_api" {
  source = "./modules/function"

  name    = "${local.prefix}-orders-api"
  logs    = local.logs
  memory  = 512
  package = local.zip.orders_api
  timeout = 10

  environment = {
    RECORDS_BUCKET = module.records.bucket
    TABLE_NAME     = module.orders.name
    UPLOADS_BUCKET = module.uploads.bucket
  }

  grants = {
    approvals = merge(module.fulfilment.grants.answer, { actions = ["states:SendTaskFailure", "states:SendTaskSuccess"] })
    orders    = merge(module.orders.grants.read_write, { actions = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"] })
    dashboard = module.records.grants.read["reports/"]
    upload    = merge(module.uploads.grants.upload["orders"], { actions = ["s3:PutObject"] })
  }
}

module "orders_http" {
  source = "./modules/http_api"

  name       = "${local.prefix}-http"
  access_log = local.logs
  auth       = "iam"
  cors       = { headers = ["authorization", "content-type", "idempotency-key"], origins = ["http://localhost:8400"] }
  routes     = { for route in ["GET /orders", "POST /orders", "GET /orders/{id}", "POST /orders/{id}/cancel", "POST /orders/{id}/approval"] : route => { function = module.orders_api } }
  throttle   = { rate = 100, burst = 200 }
}

# From the outbox to those who subscribe.

module "order_publisher" {
  source = "./modules/function"

  name        = "${local.prefix}-order-publisher"
  environment = { TOPIC_ARN = module.order_events.arn }
  grants      = { events = module.order_events.grants.publish }
  logs        = local.logs
  package     = local.zip.order_publisher
  timeout     = 30
}

module "order_changes" {
  source = "./modules/stream_consumer"

  name     = "${local.prefix}-order-changes"
  filter   = [jsonencode({ eventName = ["INSERT", "MODIFY"] })]
  function = module.order_publisher
  table    = module.orders
}

module "order_events" {
  source = "./modules/topic"

  name = "${local.prefix}-order-events"
}

module "fulfilment_starter" {
  source = "./modules/function"

  name        = "${local.prefix}-fulfilment-starter"
  environment = { STATE_MACHINE_ARN = module.fulfilment.arn }
  grants      = { fulfilment = module.fulfilment.grants.start }
  logs        = local.logs
  package     = local.zip.fulfilment_starter
  timeout     = 30
}

module "orders_to_fulfil" {
  source = "./modules/queue_consumer"

  name          = "${local.prefix}-orders-to-fulfil"
  function      = module.fulfilment_starter
  subscriptions = { placed = { topic = module.order_events, filter = jsonencode({ type = ["order.placed"] }) } }
}

module "order_notifier" {
  source = "./modules/function"

  name        = "${local.prefix}-order-notifier"
  environment = { TABLE_NAME = module.notifications.name }
  grants      = { notifications = merge(module.notifications.grants.put, { actions = ["dynamodb:BatchWriteItem"] }) }
  logs        = local.logs
  package     = local.zip.order_notifier
  timeout     = 30
}

module "orders_to_tell" {
  source = "./modules/queue_consumer"

  name          = "${local.prefix}-orders-to-tell"
  function      = module.order_notifier
  subscriptions = { milestones = { topic = module.order_events, filter = jsonencode({ type = ["order.placed", "order.fulfilled", "order.failed", "order.cancelled"] }) } }
}

# Fulfilment.

module "fulfilment" {
  source = "./modules/workflow"

  name       = "${local.prefix}-fulfilment"
  definition = { file = "${path.root}/fulfilment.asl.json", vars = { approval_threshold = 100000, approval_timeout = 600 } }
  functions  = { fulfilment = module.fulfilment_tasks, payments = module.payments, stock = module.stock }
  logs       = local.logs
  timeout    = 4200
}

module "fulfilment_tasks" {
  source = "./modules/function"

  name        = "${local.prefix}-fulfilment"
  environment = { TABLE_NAME = module.orders.name }
  grants      = { orders = merge(module.orders.grants.read_write, { actions = ["dynamodb:GetItem", "dynamodb:UpdateItem"] }) }
  logs        = local.logs
  package     = local.zip.fulfilment
}

module "stock" {
  source = "./modules/function"

  name        = "${local.prefix}-stock"
  environment = { TABLE_NAME = module.stock_levels.name }
  grants      = { levels = merge(module.stock_levels.grants.read_write, { actions = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"] }) }
  logs        = local.logs
  package     = local.zip.stock
}

module "payments" {
  source = "./modules/function"

  name        = "${local.prefix}-payments"
  environment = { TABLE_NAME = module.payments_made.name }
  grants      = { payments = merge(module.payments_made.grants.write, { actions = ["dynamodb:PutItem", "dynamodb:UpdateItem"] }) }
  logs        = local.logs
  package     = local.zip.payments
}

# Files of orders.

module "order_import" {
  source = "./modules/function"

  name        = "${local.prefix}-order-import"
  async       = { max_age = 21600, on_failure_arn = module.import_failures.arn }
  environment = { REPORT_PREFIX = "reports/", TABLE_NAME = module.orders.name }
  grants      = { orders = merge(module.orders.grants.read_write, { actions = ["dynamodb:BatchGetItem", "dynamodb:PutItem"] }) }
  logs        = local.logs
  package     = local.zip.order_import
  timeout     = 900
}

module "uploads" {
  source = "./modules/upload_trigger"

  bucket              = "${local.prefix}-uploads-${data.aws_caller_identity.current.account_id}"
  deletion_protection = false
  lifecycle_days      = { uploads = 90, written = 90 }
  rules               = { orders = { function = module.order_import, prefix = "incoming/", write_prefix = "reports/" } }
}

module "import_failures" {
  source = "./modules/dead_letter_queue"

  name = "${local.prefix}-import-failures"
}

# Every night.

module "orders_report" {
  source = "./modules/function"

  name        = "${local.prefix}-orders-report"
  async       = { max_age = 21600, on_failure_arn = module.nightly_report.dlq.arn }
  environment = { BUCKET_NAME = module.records.bucket, TABLE_NAME = module.orders.name, TIME_ZONE = "Europe/Dublin" }
  logs        = local.logs
  package     = local.zip.orders_report
  timeout     = 300

  grants = {
    archive  = module.records.grants.read["archive/"]
    orders   = local.find_by_status
    records  = module.records.grants.list
    reports  = module.records.grants.read["reports/"]
    reported = merge(module.records.grants.write["reports/"], { actions = ["s3:PutObject"] })
  }
}

module "nightly_report" {
  source = "./modules/schedule"

  name   = "${local.prefix}-nightly-report"
  jobs   = { report = { expression = "cron(15 1 * * ? *)", timezone = "Europe/Dublin" } }
  target = { function = module.orders_report }
}

module "orders_archive" {
  source = "./modules/function"

  name        = "${local.prefix}-orders-archive"
  async       = { max_age = 21600, on_failure_arn = module.nightly_archive.dlq.arn }
  environment = { ARCHIVE_AFTER_DAYS = 90, BUCKET_NAME = module.records.bucket, TABLE_NAME = module.orders.name }
  logs        = local.logs
  package     = local.zip.orders_archive
  timeout     = 900

  grants = {
    archive  = module.records.grants.read["archive/"]
    archived = merge(module.records.grants.write["archive/"], { actions = ["s3:PutObject"] })
    old      = module.orders.grants.remove
    orders   = local.find_by_status
    records  = module.records.grants.list
  }
}

module "nightly_archive" {
  source = "./modules/schedule"

  name   = "${local.prefix}-nightly-archive"
  jobs   = { archive = { expression = "cron(45 1 * * ? *)", timezone = "Europe/Dublin" } }
  target = { function = module.orders_archive }
}
