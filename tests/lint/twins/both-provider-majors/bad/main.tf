terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

data "aws_region" "current" {}

locals {
  name   = data.aws_region.current.name   # expect: both-provider-majors
  region = data.aws_region.current.region # expect: both-provider-majors
}

resource "aws_lambda_permission" "url" {
  function_name            = local.name
  invoked_via_function_url = true # expect: both-provider-majors
}

resource "aws_sqs_queue" "orders" {
  region = local.region # expect: both-provider-majors
}
