terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

variable "a" { # expect: variable-has-description
  type = string
}

variable "b" {
  type        = string
  description = "name of the thing." # expect: variable-has-description
}

variable "c" {
  type        = string
  description = "Name of the thing" # expect: variable-has-description
}

variable "d" {
  type        = string
  description = "" # expect: variable-has-description
}

output "a" {
  description = "What was given as a."
  value       = var.a
}

output "b" {
  description = "What was given as b."
  value       = var.b
}

output "c" {
  description = "What was given as c."
  value       = var.c
}

output "d" {
  description = "What was given as d."
  value       = var.d
}
