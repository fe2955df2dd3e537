provider "aws" {
  region = var.region

  default_tags {
    tags = local.tags
  }
}

# Where CloudFront takes functions, certificates and alarms from.
provider "aws" {
  alias  = "us_east_1"
  region = "us-east-1"

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
  source    = "../../modules/order_service"
  providers = { aws = aws, aws.us_east_1 = aws.us_east_1 }

  prefix               = var.prefix
  alarms               = var.alarms
  api                  = var.api
  approval             = var.approval
  architecture         = var.architecture
  cdn                  = var.cdn
  cron                 = var.cron
  deletion_protection  = var.deletion_protection
  environment          = var.environment
  logs                 = var.logs
  packages             = "${path.root}/../../dist"
  pages                = "${path.root}/../../web"
  partners             = var.partners
  permissions_boundary = var.permissions_boundary
  recovery_days        = var.recovery_days
  rollout              = var.rollout
  web                  = var.web
}
