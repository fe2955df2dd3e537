terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

check "advice" {
  assert {
    condition     = var.memory > 0 && var.size.a > 0
    error_message = "memory is ${var.memory}, size.a ${var.size.a}: give more of both."
  }
}

variable "memory" {
  description = "Memory in MB."
  type        = number

  validation {
    condition     = var.memory >= 128 && var.memory <= 10240 && floor(var.memory) == var.memory
    error_message = "memory is ${var.memory} MB, and Lambda takes 128 to 10240: give a whole number of these."
  }

  validation {
    condition     = var.memory != 666
    error_message = join(" ", ["memory", "is", "evil"])
  }
}

variable "size" {
  description = "Smallest and largest size."
  type        = object({ a = number, b = number, names = list(string) })

  validation {
    condition     = var.size == null ? true : var.size.a > 0 && var.size.a < var.size.b && var.size.b < 9
    error_message = <<-TEXT
      size.a is ${var.size.a} and size.b ${var.size.b}: give a smaller size.a.
    TEXT
  }

  validation {
    condition     = length(var.size.names) > 0 && alltrue([for n in var.size.names : n != "" && n != "x"])
    error_message = "size.names is empty or has empty names: give one at least."
  }
}
