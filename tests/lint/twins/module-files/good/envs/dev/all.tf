terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

variable "period" {
  description = "Period of the alarms in seconds."
  type        = number
}

output "period" {
  description = "What was given as period."
  value       = var.period
}
