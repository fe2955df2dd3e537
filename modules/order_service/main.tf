# The orders, and what the parts beside this file have in common: api.tf (identity.tf), events.tf,
# fulfilment.tf, uploads.tf, cron.tf, cdn.tf, rollout.tf, operations.tf, dashboard.tf.

data "aws_caller_identity" "current" {}

locals {
  # Bucket names are shared by all accounts of the world, and so are the domains of user pools.
  account_id = data.aws_caller_identity.current.account_id

  packages = [
    "fulfilment", "fulfilment_starter", "order_import", "order_notifier", "order_publisher",
    "orders_api", "orders_archive", "orders_report", "payments", "stock",
  ]
  # It moves the aliases of the others, and its own is moved by hand.
  rolled_out = concat(local.packages, ["rollback"])
  zip        = { for name in local.rolled_out : name => { zip = "${var.packages}/${name}.zip", architecture = var.architecture } }

  # Most functions get all requests at once.
  rollout = {
    for name in local.packages : name => {
      canary       = try(var.rollout[name].canary, null)
      live_version = try(var.rollout[name].live_version, null)
    }
  }
}

module "orders" {
  source = "../table"

  name                = "${var.prefix}-orders"
  alarms              = var.alarms
  deletion_protection = var.deletion_protection
  partition_key       = { name = "id" }
  recovery_days       = var.recovery_days
  # The outbox: an order that was kept is an event, whatever becomes of the function that kept it.
  stream = "NEW_AND_OLD_IMAGES"
  tags   = var.tags

  indexes = {
    by_status = { partition_key = { name = "status" }, sort_key = { name = "created_key" } }
  }
}
