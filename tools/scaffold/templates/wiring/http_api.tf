# new_function, behind an HTTP API of its own: signed requests of identities that are allowed to.

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

module "new_function_http" {
  source = "../http_api"

  name        = "${var.prefix}-new-function-http"
  description = "The HTTP API of new_function"
  access_log  = { retention_days = var.logs.retention_days }
  alarms      = var.alarms
  routes      = { "GET /new-function" = { function = module.new_function } }
  tags        = var.tags
  throttle    = var.api.throttle
}
