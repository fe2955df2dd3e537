output "alarms" {
  description = "ARNs of the alarms by what they watch: dlq_depth, dropped, target_errors."
  value       = { for name, alarm in aws_cloudwatch_metric_alarm.schedule : name => alarm.arn }
}

output "arns" {
  description = "ARNs of the schedules by the name of the job."
  value       = local.arns
  depends_on  = [aws_scheduler_schedule.job]
}

output "dlq" {
  description = "The dead-letter queue (arn, name, url); null without one. A function may send there what it fails on (async on_failure_arn)."
  value       = one([for queue in module.dlq : { arn = queue.arn, name = queue.name, url = queue.url }])
}

output "grants" {
  description = "What others can be allowed to do with the dead-letter queue: dlq_receive (read and remove what is in it), dlq_send; empty without one."
  value       = merge([for queue in module.dlq : { for name, grant in queue.grants : "dlq_${name}" => grant }]...)
}

output "group_name" {
  description = "Name of the schedule group that the schedules are in."
  value       = var.name
  depends_on  = [aws_scheduler_schedule_group.jobs]
}

output "role_name" {
  description = "Name of the role with which Scheduler runs the jobs."
  value       = local.role_name
  depends_on  = [aws_iam_role_policy.deliver]
}

output "widgets" {
  description = "Dashboard widgets of the schedules, each as JSON."
  value       = [for widget in local.widgets : jsonencode(widget)]
}
