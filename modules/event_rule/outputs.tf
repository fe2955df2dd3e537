output "alarms" {
  description = "ARNs of the alarms by what they watch: dlq_depth, and for each rule its name with -failed."
  value       = { for name, alarm in aws_cloudwatch_metric_alarm.event_rule : name => alarm.arn }
}

output "arns" {
  description = "ARNs of the rules by their names in rules."
  value       = local.arns
  depends_on  = [aws_cloudwatch_event_target.target]
}

output "dlq" {
  description = "The dead-letter queue (arn, name, url); null without one. A function may send there what it fails on (async on_failure_arn)."
  value       = one([for queue in module.dlq : { arn = queue.arn, name = queue.name, url = queue.url }])
}

output "grants" {
  description = "What others can be allowed to do with the dead-letter queue: dlq_receive (read and remove what is in it), dlq_send; empty without one."
  value       = merge([for queue in module.dlq : { for name, grant in queue.grants : "dlq_${name}" => grant }]...)
}

output "names" {
  description = "Names of the rules in AWS by their names in rules."
  value       = local.rule_names
  depends_on  = [aws_cloudwatch_event_target.target]
}

output "role_name" {
  description = "Name of the role with which EventBridge sends to a queue or starts a workflow; null for a function."
  value       = one([for role in aws_iam_role.events : role.name])
  depends_on  = [aws_iam_role_policy.deliver]
}

output "widgets" {
  description = "Dashboard widgets of the rules, each as JSON."
  value       = [for widget in local.widgets : jsonencode(widget)]
}
