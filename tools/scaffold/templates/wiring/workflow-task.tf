# new_function does the one task of a workflow, which tries it again and fails when it does.

module "new_function" {
  source = "../function"

  name                 = "${var.prefix}-new-function"
  description          = "Does a task of a workflow"
  alarms               = var.alarms
  canary               = local.rollout.new_function.canary
  live_version         = local.rollout.new_function.live_version
  logs                 = var.logs
  package              = local.zip.new_function
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
  timeout              = 30
}

module "new_function_flow" {
  source = "../workflow"

  name                 = "${var.prefix}-new-function"
  alarms               = var.alarms
  definition           = { file = "${path.module}/new_function.asl.json" }
  functions            = { new_function = module.new_function }
  logs                 = { retention_days = var.logs.retention_days }
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}
