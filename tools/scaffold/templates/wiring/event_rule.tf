# new_function hears of events on the account's event bus. What fails for good is in the rule's
# dead-letter queue.

module "new_function" {
  source = "../function"

  name                 = "${var.prefix}-new-function"
  description          = "Handles events of other systems"
  alarms               = var.alarms
  async                = { max_age = 21600, on_failure_arn = module.new_function_events.dlq.arn }
  canary               = local.rollout.new_function.canary
  live_version         = local.rollout.new_function.live_version
  logs                 = var.logs
  package              = local.zip.new_function
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
  timeout              = 30
}

module "new_function_events" {
  source = "../event_rule"

  name                 = "${var.prefix}-new-function"
  alarms               = var.alarms
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
  target               = { function = module.new_function }

  rules = {
    happened = { pattern = jsonencode({ source = ["example.shop"], detail-type = ["Something Happened"] }) }
  }
}
