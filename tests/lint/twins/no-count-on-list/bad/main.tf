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

module "queue" {
  source = "./queue"
  count  = var.names == null ? 0 : length(var.names) # expect: no-count-on-list
}

resource "aws_sqs_queue" "dlq" {
  count = min(length(var.names), 2) # expect: no-count-on-list
}

resource "aws_sqs_queue" "orders" {
  count = length(var.names) + 1 # expect: no-count-on-list
}
