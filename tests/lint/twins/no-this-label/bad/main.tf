terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

# expect: no-this-label
data "aws_region" "this" {}

# expect: no-this-label
module "this" {
  source = "./parts"
}

# expect: no-this-label
resource "aws_sqs_queue" "this" {
  name = "queue"
}
