module "orders" {
  source = "../table"

  name                = "${var.prefix}-orders"
  alarms              = var.alarms
  deletion_protection = var.deletion_protection
  partition_key       = { name = "id" }
  recovery_days       = var.recovery_days
  tags                = var.tags

  indexes = {
    by_status = { partition_key = { name = "status" }, sort_key = { name = "created_key" } }
  }
}

module "orders_api" {
  source = "../function"

  name        = "${var.prefix}-orders-api"
  description = "Answers the order service's HTTP API"
  alarms      = var.alarms
  concurrency = { provisioned = var.api.provisioned, reserved = var.api.reserved }
  environment = { TABLE_NAME = module.orders.name }
  grants      = { orders = module.orders.grants.read_write }
  logs        = var.logs
  memory      = var.api.memory
  package     = { zip = "${var.packages}/orders_api.zip", architecture = var.architecture }
  tags        = var.tags
  timeout     = var.api.timeout
}

module "orders_url" {
  source = "../function_url"

  environment = var.environment
  function    = module.orders_api
}
