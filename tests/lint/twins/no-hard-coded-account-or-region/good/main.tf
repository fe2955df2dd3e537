terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

terraform {
  backend "s3" {
    region = "eu-central-1" # A backend takes no variables.
  }
}

# The account 111122223333 in eu-west-1 is only a comment.
provider "aws" {
  region = var.region
}

provider "aws" {
  alias  = "us_east_1"
  region = "us-east-1"
}

variable "region" {
  description = "Region of everything, such as eu-central-1."
  type        = string

  validation {
    condition     = length(var.region) > 0
    error_message = "region is empty: give one, such as eu-central-1."
  }
}

locals {
  account = "arn:aws:iam::123456789012:root"
  bytes   = 107374182400
  id      = "5a8c2d1e-0f3b-4c6d-9e7f-123123123123"
  hash    = "sha256:0123456789012345678901234567890123456789012345678901234567890123"
  logs    = "/aws/lambda/us-east-1.${local.id}"
  names   = ["us-east", "x-eu-west-1-y", "eu-central-1x2", "in-between-1"]
}

output "everything" {
  description = "All of it, so that nothing is unused."
  value       = [local.account, local.bytes, local.hash, local.logs, local.names]
}
