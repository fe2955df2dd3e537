# A small part of what an environment has, as a pipeline applies it.
terraform {
  backend "s3" {
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = var.region
}

module "orders" {
  source = "../../../../modules/table"

  name                = "${var.prefix}-orders"
  deletion_protection = false
  partition_key       = { name = "id" }
}

module "orders_in" {
  source = "../../../../modules/queue_consumer"

  name     = "${var.prefix}-orders-in"
  function = module.importer
}

module "importer" {
  source = "../../../../modules/function"

  name                 = "${var.prefix}-importer"
  grants               = { orders = module.orders.grants.read_write }
  package              = { zip = var.zip }
  permissions_boundary = var.permissions_boundary
}
