output "provider" {
  description = "What only sounds like a provider."
  value       = local.provider
}
