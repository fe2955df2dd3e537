variable "a" {
  description = "What another file may begin with again."
  type        = string
}

locals {
  z = 1
  b = local.z
}

output "a" {
  description = "What was given as a."
  value       = var.a
}

output "function" {
  description = "What was given as function."
  value       = var.function
}

output "function_url" {
  description = "What was given as function_url."
  value       = var.function_url
}

output "functions" {
  description = "What was given as functions."
  value       = [var.functions, local.b]
}
