terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

locals {
  boundary = "arn:aws:iam::111122223333:policy/boundary" # expect: no-hard-coded-account-or-region
  regions  = ["eu-central-1", local.zone]                # expect: no-hard-coded-account-or-region
  zone     = "us-gov-west-1a"                            # expect: no-hard-coded-account-or-region
  bucket   = "logs-111122223333"                         # expect: no-hard-coded-account-or-region
}

provider "aws" {
  alias  = "edge"
  region = "us-east-1" # expect: no-hard-coded-account-or-region

  allowed_account_ids = [111122223333] # expect: no-hard-coded-account-or-region
}

resource "aws_sqs_queue" "orders" {
  name = "${local.bucket}/ap-southeast-2" # expect: no-hard-coded-account-or-region
  tags = { regions = join(",", local.regions), boundary = local.boundary }
}
