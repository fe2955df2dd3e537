terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

resource "aws_sqs_queue" "orders" {
  name = "orders"
  name = "billing" # expect: duplicate-attribute

  tags = {
    team   = "a"
    "team" = "b" # expect: duplicate-attribute
    nested = [{ x = 1, x = 2 }] # expect: duplicate-attribute
  }
}
