# new_function consumes a queue of its own. What fails for good is in the queue's dead-letter queue.

module "new_function" {
  source = "../function"

  name                 = "${var.prefix}-new-function"
  description          = "Handles messages"
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

  name     = "${var.prefix}-new-function"
  alarms   = var.alarms
  function = module.new_function
  tags     = var.tags
}
