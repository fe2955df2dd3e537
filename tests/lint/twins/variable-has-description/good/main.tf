terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

variable "a" {
  type        = string
  description = "Name of the thing, in \"quotes\", with a {brace} and no # comment."
}

variable "b" {
  type        = number
  description = <<-TEXT
    Seconds after which it ends: 900 is the most that Lambda knows.
  TEXT
}

variable "c" {
  type        = list(string)
  description = "IDs of the subnets, such as subnet-0a1b2c."
}

output "a" {
  description = "What was given as a."
  value       = var.a
}

output "b" {
  description = "What was given as b."
  value       = var.b
}

output "c" {
  description = "What was given as c."
  value       = var.c
}
