# A file of orders that is dropped under incoming/ becomes orders, and a report under reports/.

module "order_import" {
  source = "../function"

  name                 = "${var.prefix}-order-import"
  description          = "Makes orders of the rows of a CSV file"
  alarms               = var.alarms
  async                = { max_age = 21600, on_failure_arn = module.import_failures.arn }
  canary               = local.rollout.order_import.canary
  environment          = { REPORT_PREFIX = "reports/", TABLE_NAME = module.orders.name }
  grants               = { orders = merge(module.orders.grants.read_write, { actions = ["dynamodb:BatchGetItem", "dynamodb:PutItem"] }) }
  live_version         = local.rollout.order_import.live_version
  logs                 = var.logs
  package              = local.zip.order_import
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
  # The longest there is: a file of 100 MB has half a million rows.
  timeout = 900
}

module "uploads" {
  source = "../upload_trigger"

  bucket              = "${var.prefix}-uploads-${local.account_id}"
  alarms              = var.alarms
  deletion_protection = var.deletion_protection
  lifecycle_days      = { uploads = 90, written = 90 }
  rules               = { orders = { function = module.order_import, prefix = "incoming/", write_prefix = "reports/" } }
  tags                = var.tags
}

module "import_failures" {
  source = "../dead_letter_queue"

  name   = "${var.prefix}-import-failures"
  alarms = var.alarms
  tags   = var.tags
}
