# From a placed order to one that is fulfilled, or undone: the tasks, what they keep, and the
# workflow that calls them.

module "fulfilment" {
  source = "../workflow"

  name                 = "${var.prefix}-fulfilment"
  alarms               = var.alarms
  functions            = { fulfilment = module.fulfilment_tasks, payments = module.payments, stock = module.stock }
  logs                 = { retention_days = var.logs.retention_days }
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
  # What waits for its approval until the last moment still has an hour for the rest.
  timeout = var.approval.timeout + 3600

  definition = {
    file = "${path.module}/fulfilment.asl.json"
    vars = { approval_threshold = var.approval.threshold, approval_timeout = var.approval.timeout }
  }
}

module "fulfilment_tasks" {
  source = "../function"

  name                 = "${var.prefix}-fulfilment"
  description          = "Does the tasks of fulfilment that change the order"
  alarms               = var.alarms
  canary               = local.rollout.fulfilment.canary
  environment          = { TABLE_NAME = module.orders.name }
  grants               = { orders = merge(module.orders.grants.read_write, { actions = ["dynamodb:GetItem", "dynamodb:UpdateItem"] }) }
  live_version         = local.rollout.fulfilment.live_version
  logs                 = var.logs
  package              = local.zip.fulfilment
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

module "stock" {
  source = "../function"

  name                 = "${var.prefix}-stock"
  description          = "Reserves pieces for an order, and releases them"
  alarms               = var.alarms
  canary               = local.rollout.stock.canary
  environment          = { TABLE_NAME = module.stock_levels.name }
  grants               = { levels = merge(module.stock_levels.grants.read_write, { actions = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"] }) }
  live_version         = local.rollout.stock.live_version
  logs                 = var.logs
  package              = local.zip.stock
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

module "stock_levels" {
  source = "../table"

  name                = "${var.prefix}-stock"
  alarms              = var.alarms
  deletion_protection = var.deletion_protection
  partition_key       = { name = "id" }
  recovery_days       = var.recovery_days
  tags                = var.tags
}

module "payments" {
  source = "../function"

  name                 = "${var.prefix}-payments"
  description          = "Takes the money for an order, and gives it back"
  alarms               = var.alarms
  canary               = local.rollout.payments.canary
  environment          = { TABLE_NAME = module.payments_made.name }
  grants               = { payments = merge(module.payments_made.grants.write, { actions = ["dynamodb:PutItem", "dynamodb:UpdateItem"] }) }
  live_version         = local.rollout.payments.live_version
  logs                 = var.logs
  package              = local.zip.payments
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

module "payments_made" {
  source = "../table"

  name                = "${var.prefix}-payments"
  alarms              = var.alarms
  deletion_protection = var.deletion_protection
  partition_key       = { name = "id" }
  recovery_days       = var.recovery_days
  tags                = var.tags
}
