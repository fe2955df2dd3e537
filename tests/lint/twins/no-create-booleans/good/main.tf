terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

variable "create_before" {
  description = "Date by which it is to be made."
  type        = string
}

variable "public" {
  description = "Whether anybody may call."
  type        = bool
}

variable "rules" {
  description = "Rules by name, where enable is a word and creates a list."
  type = map(object({
    creates       = optional(bool, false)
    enable_reason = optional(string, "bool")
  }))
}

output "create_before" {
  description = "What was given as create_before."
  value       = var.create_before
}

output "public" {
  description = "What was given as public."
  value       = var.public
}

output "rules" {
  description = "What was given as rules."
  value       = var.rules
}
