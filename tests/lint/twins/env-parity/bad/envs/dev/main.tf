terraform {
  required_version = ">= 1.11"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

# expect: env-parity
module "orders" {
  source = "../../modules/queue"

  name = "orders-dev"
}

# expect: env-parity
module "billing" {
  source = "../../modules/queue"

  name = "billing-dev"
}
