terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

variable "name" {
  description = "Name of the thing."
  type        = string
}

# expect: alphabetical
variable "memory" {
  description = "Memory in MB."
  type        = number
}

variable "tags" {
  description = "Tags of the thing."
  type        = map(string)
}
