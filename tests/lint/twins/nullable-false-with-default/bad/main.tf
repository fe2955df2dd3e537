terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

# expect: nullable-false-with-default
variable "memory" {
  description = "Memory in MB."
  type        = number
  default     = 256
}

# expect: nullable-false-with-default
variable "tags" {
  description = "Tags of the thing."
  type        = map(string)
  default     = {}
  nullable    = true
}

output "memory" {
  description = "What was given as memory."
  value       = var.memory
}

output "tags" {
  description = "What was given as tags."
  value       = var.tags
}
