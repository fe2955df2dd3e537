terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

variable "any" {
  description = "What is called any, or says any, is not of type any."
  type = object({
    any    = optional(string, "any")
    anyone = map(object({ any = list(string) })) # any
  })
}

output "any" {
  description = "What was given as any."
  value       = var.any
}
