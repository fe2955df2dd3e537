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
  # A name that a for expression binds hides what it would mean outside.
  hidden   = [for module in ["a"] : module.name.x]
  hidden2  = { for var, local in { a = 1 } : var.x => local.y... if local.z }
  text     = "%{for aws_x in [1]}${aws_x.y}%{endfor} $${var.nothing} %%{ if var.nothing }"
  terminal = "${path.module}${path.root}${terraform.workspace}"
}

moved {
  from = aws_sqs_queue.old_name
  to   = aws_sqs_queue.orders
}

removed {
  from = aws_sns_topic.gone

  lifecycle {
    destroy = false
  }
}

output "all" {
  description = "All of it, with module.nothing in text."
  value       = [local.hidden, local.hidden2, local.text, local.terminal]
}

provider "aws" {
  alias = "us_east_1"
}

resource "aws_sqs_queue" "orders" {
  provider = aws.us_east_1
  for_each = { a = { name = "b" } }
  name     = "${each.key}${each.value.name}${data.aws_region.current.id}"

  dynamic "lambda_config" {
    for_each = [{ arn = "a", parts = [1] }]
    iterator = a_config

    content {
      arn = a_config.value.arn

      dynamic "part_config" {
        for_each = a_config.value.parts

        content {
          part = [part_config.value.x, part_config.key.y, a_config.key]
        }
      }
    }
  }

  lifecycle {
    ignore_changes = [some_config.x, tags["x"]]

    postcondition {
      condition     = self.some_thing.x != ""
      error_message = "The queue has no thing: give it one."
    }
  }
}
