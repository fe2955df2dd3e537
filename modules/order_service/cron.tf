# Every night: what the orders of the day came to, and old orders moved out of the table.

locals {
  find_by_status = merge(module.orders.grants.read, { actions = ["dynamodb:Query"], resources = ["${module.orders.arn}/index/by_status"] })
}

module "orders_report" {
  source = "../function"

  name                 = "${var.prefix}-orders-report"
  description          = "Counts what the orders of a day came to"
  alarms               = var.alarms
  async                = { max_age = 21600, on_failure_arn = module.nightly_report.dlq.arn }
  canary               = local.rollout.orders_report.canary
  environment          = { BUCKET_NAME = module.records.bucket, TABLE_NAME = module.orders.name, TIME_ZONE = var.cron.timezone }
  image                = contains(keys(var.images), "orders_report") ? { uri = var.images["orders_report"], architecture = var.architecture } : null
  live_version         = local.rollout.orders_report.live_version
  logs                 = var.logs
  package              = contains(keys(var.images), "orders_report") ? null : local.zip.orders_report
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
  timeout              = 900

  grants = {
    archive = module.records.grants.read["archive/"]
    orders  = local.find_by_status
    # Without it, S3 says of what is missing that it is forbidden.
    records  = module.records.grants.list
    reports  = module.records.grants.read["reports/"]
    reported = merge(module.records.grants.write["reports/"], { actions = ["s3:PutObject"] })
  }
}

module "nightly_report" {
  source = "../schedule"

  name                 = "${var.prefix}-nightly-report"
  alarms               = var.alarms
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
  target               = { function = module.orders_report }

  jobs = {
    report = { expression = var.cron.report, timezone = var.cron.timezone }
  }
}

module "orders_archive" {
  source = "../function"

  name                 = "${var.prefix}-orders-archive"
  description          = "Moves old orders from the table to the archive"
  alarms               = var.alarms
  async                = { max_age = 21600, on_failure_arn = module.nightly_archive.dlq.arn }
  canary               = local.rollout.orders_archive.canary
  environment          = { ARCHIVE_AFTER_DAYS = var.cron.archive_after_days, BUCKET_NAME = module.records.bucket, TABLE_NAME = module.orders.name }
  live_version         = local.rollout.orders_archive.live_version
  logs                 = var.logs
  package              = local.zip.orders_archive
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
  timeout              = 900

  grants = {
    archive  = module.records.grants.read["archive/"]
    archived = module.records.grants.write["archive/"]
    old      = module.orders.grants.remove
    orders   = local.find_by_status
    records  = module.records.grants.list
  }
}

module "nightly_archive" {
  source = "../schedule"

  name                 = "${var.prefix}-nightly-archive"
  alarms               = var.alarms
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
  target               = { function = module.orders_archive }

  jobs = {
    archive = { expression = var.cron.archive, timezone = var.cron.timezone }
  }
}

module "records" {
  source = "../bucket"

  bucket              = "${var.prefix}-records-${local.account_id}"
  deletion_protection = var.deletion_protection
  prefixes            = ["archive/", "reports/"]
  tags                = var.tags
}
