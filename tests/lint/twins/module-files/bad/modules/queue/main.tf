locals {
  period = 60
}

# expect: module-files
output "period" {
  description = "Period of the alarms in seconds."
  value       = local.period + var.alarms
}
