# new_function, behind a URL of its own: signed requests of identities that are allowed to.

module "new_function" {
  source = "../function"

  name                 = "${var.prefix}-new-function"
  description          = "Answers GET /new-function"
  alarms               = var.alarms
  canary               = local.rollout.new_function.canary
  live_version         = local.rollout.new_function.live_version
  logs                 = var.logs
  package              = local.zip.new_function
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

module "new_function_url" {
  source = "../function_url"

  alarms      = var.alarms
  environment = var.environment
  function    = module.new_function
  tags        = var.tags
}
