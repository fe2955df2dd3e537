output "period" {
  description = "What was given as period."
  value       = var.period
}
