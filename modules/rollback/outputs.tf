output "alarms" {
  description = "ARNs of the alarms on the rollback itself: those of its function, and on its rule canary-failed and dlq_depth."
  value       = merge(module.function.alarms, module.alarms.alarms)
}

output "dlq" {
  description = "The dead-letter queue of alarms that set off nothing: arn, name, url."
  value       = module.alarms.dlq
}

output "function_arn" {
  description = "ARN of the function that rolls back."
  value       = module.function.arn
}

output "function_name" {
  description = "Name of the function that rolls back."
  value       = module.function.name
  depends_on  = [module.alarms]
}

output "grants" {
  description = "What others can be allowed to do with the dead-letter queue: dlq_receive (read and remove what is in it), dlq_send."
  value       = module.alarms.grants
}

output "widgets" {
  description = "Dashboard widgets of the rollback's function and rule, each as JSON."
  value       = concat(module.function.widgets, module.alarms.widgets)
}
