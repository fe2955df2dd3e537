terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

variable "alarms" {
  description = "Alarms on the thing; null switches them off."
  type        = object({ errors = optional(number, 1) })
  default     = {}
  nullable    = true
}

variable "boundary" {
  description = "ARN of the permissions boundary."
  type        = string
  default     = null
}

variable "name" {
  description = "Name of the thing."
  type        = string
}

variable "tags" {
  description = "Tags of the thing."
  type        = map(string)
  default     = { default = "x" }
  nullable    = false
}

output "alarms" {
  description = "What was given as alarms."
  value       = var.alarms
}

output "boundary" {
  description = "What was given as boundary."
  value       = var.boundary
}

output "name" {
  description = "What was given as name."
  value       = var.name
}

output "tags" {
  description = "What was given as tags."
  value       = var.tags
}
