# new_function reads the files that are dropped under incoming/ of a bucket of its own.

module "new_function" {
  source = "../function"

  name                 = "${var.prefix}-new-function"
  description          = "Reads the files that are dropped"
  alarms               = var.alarms
  async                = { max_age = 21600, on_failure_arn = module.new_function_failures.arn }
  canary               = local.rollout.new_function.canary
  live_version         = local.rollout.new_function.live_version
  logs                 = var.logs
  package              = local.zip.new_function
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
  timeout              = 60
}

module "new_function_uploads" {
  source = "../upload_trigger"

  bucket              = "${var.prefix}-new-function-${local.account_id}"
  alarms              = var.alarms
  deletion_protection = var.deletion_protection
  lifecycle_days      = { uploads = 90 }
  rules               = { incoming = { function = module.new_function, prefix = "incoming/" } }
  tags                = var.tags
}

module "new_function_failures" {
  source = "../dead_letter_queue"

  name   = "${var.prefix}-new-function-failures"
  alarms = var.alarms
  tags   = var.tags
}
