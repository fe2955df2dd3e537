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
  description = "Alarms on the thing."
  type = object({
    enabled = optional(bool, true) # expect: no-create-booleans
    errors  = number
  })
}

# expect: no-create-booleans
variable "attach_policy" {
  description = "Whether to attach a policy."
  type        = bool
}

# expect: no-create-booleans
variable "create" {
  description = "Whether to make anything."
  type        = bool
}

output "alarms" {
  description = "What was given as alarms."
  value       = var.alarms
}

output "attach_policy" {
  description = "What was given as attach_policy."
  value       = var.attach_policy
}

output "create" {
  description = "What was given as create."
  value       = var.create
}
