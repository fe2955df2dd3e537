terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

provider "aws" {
  alias = "us_east_1"
}

module "queue" {
  source    = "../../modules/queue"
  providers = { aws.us_east_1 = aws.us_east_1 }
}
