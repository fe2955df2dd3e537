terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

variable "anything" {
  description = "Anything at all."
  type        = any # expect: no-any
}

variable "deep" {
  description = "Something of which a part is anything."
  type = object({
    name = string
    rest = optional(map(list(any)), {}) # expect: no-any
  })
}

output "anything" {
  description = "What was given as anything."
  value       = var.anything
}

output "deep" {
  description = "What was given as deep."
  value       = var.deep
}
