# new_function, behind a REST API of its own: signed requests of identities that are allowed to.

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

module "new_function_rest" {
  source = "../rest_api"

  name        = "${var.prefix}-new-function-rest"
  description = "The REST API of new_function"
  alarms      = var.alarms
  routes      = { "GET /new-function" = { function = module.new_function, validate = { query = ["name"] } } }
  stage       = "v1"
  tags        = var.tags
  throttle    = var.api.throttle
}
