terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

variable "names" {
  description = "Names of the queues."
  type        = list(string)
}

resource "aws_sqs_queue" "count" {
  count = 2

  tags = { count = length(var.names) }
}

resource "aws_sqs_queue" "dlq" {
  count = length(var.names) > 0 ? 1 : 0
}

resource "aws_sqs_queue" "orders" {
  for_each = toset(slice(var.names, 0, length(var.names)))
}
