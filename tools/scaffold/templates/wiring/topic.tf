# new_function hears what happens to orders, by a queue of its own at the topic.

module "new_function" {
  source = "../function"

  name                 = "${var.prefix}-new-function"
  description          = "Handles what happens to orders"
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
  source = "../queue_consumer"

  name          = "${var.prefix}-new-function"
  alarms        = var.alarms
  function      = module.new_function
  subscriptions = { orders = { topic = module.order_events, filter = jsonencode({ type = ["order.placed", "order.cancelled"] }) } }
  tags          = var.tags
}
