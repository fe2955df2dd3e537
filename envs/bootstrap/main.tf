provider "aws" {
  region = var.region

  default_tags {
    tags = local.tags
  }
}

locals {
  tags = {
    ManagedBy = "terraform"
    Project   = "lambda-blueprints"
  }
}

module "state" {
  source   = "../../modules/state_bucket"
  for_each = var.environments

  bucket = each.value.bucket
  states = { (each.key) = each.value.state_key }
}

module "deploy" {
  source = "../../modules/deploy_roles"

  github = var.github
  gitlab = var.gitlab

  environments = {
    for name, environment in var.environments : name => {
      gitlab = environment.gitlab
      prefix = environment.prefix
      state = {
        read  = module.state[name].grants.read[name]
        write = module.state[name].grants.write[name]
      }
    }
  }
}
