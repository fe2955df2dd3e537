terraform {
  required_version = ">= 1.11"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

# expect: module-arguments
module "orders" {
  source = "./modules/queue"

  visiblity = 90 # expect: module-arguments
}
