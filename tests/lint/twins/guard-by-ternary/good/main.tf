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
  description = "Alarms, or null for none."
  type        = object({ errors = number, names = list(string) })

  validation {
    condition     = var.alarms == null ? true : var.alarms.errors > 0 && var.alarms.errors < 9
    error_message = "alarms.errors counts errors: give at least 1."
  }

  validation {
    condition     = var.alarms == null || try(var.alarms.errors > 0, false)
    error_message = "alarms.errors counts errors: give at least 1."
  }

  validation {
    condition     = var.alarms == null || (var.alarms == null ? true : var.alarms.errors > 0)
    error_message = "alarms.errors counts errors: give at least 1."
  }
}

variable "limits" {
  description = "Limits of this and that."
  type        = object({ a = optional(number), b = optional(number) })

  validation {
    condition     = var.limits.a == null || var.limits.b == null ? true : var.limits.a < var.limits.b
    error_message = "limits.a is not below limits.b: give a smaller limits.a."
  }

  validation {
    condition     = var.limits.a == null || var.limits.a == 3
    error_message = "limits.a is not 3: give 3."
  }
}

output "all" {
  description = "All of it."
  value       = [var.alarms, var.limits]
}
