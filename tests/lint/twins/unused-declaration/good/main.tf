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
  condition = true
  content   = "x"
  flag      = false
  heredoc   = <<-TEXT
    %{for name in var.names~}
    ${name} ${upper("${local.content}")} # no comment: ${var.prefix}
    %{endfor~}
  TEXT
  index     = 0
  key       = "k"
  list      = [{ k = 1 }]
  splat     = [{ id = 1 }]
}

module "part" {
  source     = "./part"
  depends_on = [aws_sqs_queue.orders]

  settings = {
    (local.key) = local.splat[*].id
    legacy      = local.list.*.k
    index       = local.list[local.index]["k"]
  }
}

resource "aws_sqs_queue" "orders" {
  name = local.condition ? "${local.heredoc}" : !local.flag ? "a" : "b"

  dynamic "content" {
    for_each = var.blocks
    iterator = block

    content {
      value = templatefile("${path.module}/x.tftpl", { block = block.value, depth = -var.depth })
    }
  }
}

variable "blocks" {
  description = "Blocks of the queue."
  type        = list(string)
}

variable "depth" {
  description = "Depth of the queue."
  type        = number
}

variable "names" {
  description = "Names of the queue."
  type        = list(string)
}

variable "prefix" {
  description = "Prefix of the queue."
  type        = string
}
