terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

# expect: variable-has-type
variable "untyped" {
  description = "A variable of whatever type."
}

output "untyped" {
  description = "What was given as untyped."
  value       = var.untyped
}
