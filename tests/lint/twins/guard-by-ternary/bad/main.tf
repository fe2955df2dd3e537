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
    condition     = var.alarms == null || var.alarms.errors > 0 # expect: guard-by-ternary
    error_message = "alarms.errors counts errors: give at least 1."
  }

  validation {
    condition     = !(var.alarms != null && length(var.alarms.names) == 0) # expect: guard-by-ternary
    error_message = "alarms.names is empty: give one at least."
  }
}

variable "memory" {
  description = "Memory in MB, or null."
  type        = number

  validation {
    condition     = var.memory > 0 || null == var.memory # expect: guard-by-ternary
    error_message = "memory is in MB: give at least 1."
  }
}

variable "tags" {
  description = "Tags, or null for none."
  type        = map(string)

  validation {
    condition     = var.tags == null || length(var.tags) < 50 # expect: guard-by-ternary
    error_message = "tags are too many: give fewer than 50."
  }

  validation {
    condition     = var.tags == null || alltrue([for tag in var.tags : tag != ""]) # expect: guard-by-ternary
    error_message = "tags has empty values: give each one."
  }

  validation {
    condition     = var.tags == null || var.tags["team"] != "" # expect: guard-by-ternary
    error_message = "tags has no team: name yours."
  }
}

output "all" {
  description = "All of it."
  value       = [var.alarms, var.memory, var.tags]
}
