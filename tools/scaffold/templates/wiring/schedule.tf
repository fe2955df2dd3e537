# Every night: new_function. What fails for good is in the dead-letter queue of its schedule.

module "new_function" {
  source = "../function"

  name                 = "${var.prefix}-new-function"
  description          = "Works every night"
  alarms               = var.alarms
  async                = { max_age = 21600, on_failure_arn = module.new_function_nightly.dlq.arn }
  canary               = local.rollout.new_function.canary
  live_version         = local.rollout.new_function.live_version
  logs                 = var.logs
  package              = local.zip.new_function
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
  timeout              = 60
}

module "new_function_nightly" {
  source = "../schedule"

  name                 = "${var.prefix}-new-function"
  alarms               = var.alarms
  jobs                 = { nightly = { expression = "cron(0 4 * * ? *)", timezone = var.cron.timezone } }
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
  target               = { function = module.new_function }
}
