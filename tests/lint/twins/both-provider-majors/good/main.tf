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

module "queue" {
  source = "./queue"
  region = data.aws_region.current.id
}

resource "aws_cloudwatch_dashboard" "all" {
  dashboard_body = jsonencode({ region = data.aws_region.current.id, name = module.queue.name })

  widget {
    region = data.aws_region.current.description
  }
}
