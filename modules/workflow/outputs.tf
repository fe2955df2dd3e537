output "alarms" {
  description = "ARNs of the alarms by what they watch: failed, throttled, timed_out."
  value       = { for name, alarm in aws_cloudwatch_metric_alarm.workflow : name => alarm.arn }
}

output "arn" {
  description = "ARN of the state machine."
  value       = local.arn
  depends_on  = [aws_sfn_state_machine.workflow]
}

output "grants" {
  description = "What others can be allowed to do with the workflow: start, start_sync (null unless it is express), and answer those that wait for a callback."
  value = {
    # A task token has no ARN; it is the state machine's:
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
    answer = {
      actions   = ["states:SendTaskFailure", "states:SendTaskHeartbeat", "states:SendTaskSuccess"]
      resources = [local.arn]
    }
    start = {
      actions   = ["states:StartExecution"]
      resources = [local.arn]
    }
    start_sync = var.type == "EXPRESS" ? {
      actions   = ["states:StartSyncExecution"]
      resources = [local.arn]
    } : null
  }
  depends_on = [aws_sfn_state_machine.workflow]
}

output "log_group_name" {
  description = "Name of the log group of the executions; null when logs.level is OFF."
  value       = local.logged ? local.log_group : null
  depends_on  = [aws_cloudwatch_log_group.workflow]
}

output "name" {
  description = "Name of the state machine."
  value       = var.name
  depends_on  = [aws_sfn_state_machine.workflow]
}

output "role_arn" {
  description = "ARN of the role that invokes the functions."
  value       = local.role_arn
  depends_on  = [aws_iam_role.workflow]
}

output "widgets" {
  description = "Dashboard widgets of the workflow, each as JSON."
  value       = [for widget in local.widgets : jsonencode(widget)]
}
