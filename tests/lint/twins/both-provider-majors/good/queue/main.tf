# Only called.

variable "region" {
  description = "What the module is given by its caller."
  type        = string
  nullable    = false
}

output "name" {
  description = "What the module was given by its caller."
  value       = var.region
}
