# Only called.

variable "settings" {
  description = "What the module is given by its caller."
  type        = object({ legacy = list(string) })
  nullable    = false
}

output "name" {
  description = "What the module was given by its caller."
  value       = var.settings
}
