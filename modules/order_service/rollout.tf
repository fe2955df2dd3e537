# What takes a new version of a function back when it fails beside the old one.

module "rollback" {
  source = "../rollback"

  name                 = "${var.prefix}-rollback"
  alarms               = var.alarms
  functions            = local.functions
  live_version         = try(var.rollout.rollback.live_version, null)
  logs                 = var.logs
  package              = local.zip.rollback
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}
