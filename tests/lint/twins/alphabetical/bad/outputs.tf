output "tags" {
  description = "What was given as tags."
  value       = var.tags
}

output "name" { # expect: alphabetical
  description = "What was given as name."
  value       = var.name
}

output "memory" { # expect: alphabetical
  description = "What was given as memory."
  value       = var.memory
}
