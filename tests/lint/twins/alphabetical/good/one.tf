terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

variable "function" {
  description = "Name of the function."
  type        = string
}

variable "function_url" {
  description = "URL of the function."
  type        = string
}

variable "functions" {
  description = "Names of more functions."
  type        = list(string)
}
