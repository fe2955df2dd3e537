provider "aws" {
  region = var.region

  default_tags {
    tags = local.tags
  }
}

locals {
  tags = {
    Environment = var.environment
    ManagedBy   = "terraform"
    Project     = "lambda-blueprints"
  }
}

module "order_service" {
  source = "../../modules/order_service"

  prefix              = var.prefix
  alarms              = var.alarms
  api                 = var.api
  approval            = var.approval
  architecture        = var.architecture
  cron                = var.cron
  deletion_protection = var.deletion_protection
  environment         = var.environment
  logs                = var.logs
  packages            = "${path.root}/../../dist"
  partners            = var.partners
  recovery_days       = var.recovery_days
  web                 = var.web
}
