provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "failover"
  region = "us-west-2"
}

locals {
  tags = { App = "status", Tier = "edge" }
}

module "primary" {
  source = "./region"

  name = "status"
  tags = local.tags
}

module "failover" {
  source    = "./region"
  providers = { aws = aws.failover }

  name       = "status"
  create_iam = false
  role_arn   = module.primary.role_arn
  tags       = local.tags
}
