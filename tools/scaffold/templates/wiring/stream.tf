# new_function reads the stream of the orders' table, which takes two readers at the most.

module "new_function" {
  source = "../function"

  name                 = "${var.prefix}-new-function"
  description          = "Handles changes of orders"
  alarms               = var.alarms
  canary               = local.rollout.new_function.canary
  live_version         = local.rollout.new_function.live_version
  logs                 = var.logs
  package              = local.zip.new_function
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
  timeout              = 30
}

module "new_function_in" {
  source = "../stream_consumer"

  name     = "${var.prefix}-new-function"
  alarms   = var.alarms
  filter   = [jsonencode({ eventName = ["INSERT", "MODIFY"] })]
  function = module.new_function
  table    = module.orders
  tags     = var.tags
}
