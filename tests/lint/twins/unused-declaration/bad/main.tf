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
  used   = 1
  unused = local.used   # expect: unused-declaration
  self   = [local.self] # expect: unused-declaration
}

# var.name in a comment, and "var.name" in a string, is no use.
output "name" {
  description = "A use of var.name that is none."
  value       = "var.name $${var.name} local.unused"
}

# expect: unused-declaration
variable "name" {
  description = "Name of the thing."
  type        = string

  validation {
    condition     = length(var.name) > 0
    error_message = "name is empty: give a name."
  }
}
