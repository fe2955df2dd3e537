terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

variable "memory" {
  description = "Memory in MB."
  type        = number

  validation {
    condition     = var.memory >= 128
    error_message = "Invalid memory." # expect: one-rule-per-validation
  }

  validation {
    condition     = var.memory <= 10240
    error_message = "memory is ${var.memory} and Lambda takes 10240" # expect: one-rule-per-validation
  }
}

variable "size" {
  description = "Smallest and largest size, and another pair."
  type        = object({ a = number, b = number })

  validation {
    condition     = var.size.a > 0 && var.size.b > 0 # expect: one-rule-per-validation
    error_message = "size.a and size.b are counts: give at least 1."
  }

  validation {
    condition     = var.size == null ? true : var.size.a < 9 && can(regex("x", var.memory)) # expect: one-rule-per-validation
    error_message = "size.a is ${var.size.a}: give less than 9."
  }
}

resource "aws_sqs_queue" "orders" {
  name = "orders-${var.memory}-${var.size.a}"

  lifecycle {
    precondition { # expect: one-rule-per-validation
      condition = var.memory > 0
    }
  }
}
