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
  a = data.aws_region.curent.id          # expect: undeclared-reference
  b = [for v in var.lst : v]             # expect: undeclared-reference
  c = "x${upper(local.aa)}"              # expect: undeclared-reference
  d = aws_sqs_queue.ordres[0].arn        # expect: undeclared-reference
  e = { for m in [1] : m => module.m.x } # expect: undeclared-reference
}

data "aws_region" "current" {}

output "all" {
  description = "All of it."
  value       = [local.a, local.b, local.c, local.d, local.e, data.aws_region.current]
}

resource "aws_sqs_queue" "orders" {
  name = local.a[var.x][local.b].y # expect: undeclared-reference

  dynamic "rule" {
    for_each = [1]

    content {
      name  = rule.value
      other = rule_name.value.x # expect: undeclared-reference
    }
  }
}
