terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

variable "typed" {
  type        = tuple([string, number])
  description = "A variable with a type that nobody expects."
}

output "typed" {
  description = "What was given as typed."
  value       = var.typed
}
