# What whoever looks after the service may do, beside what the parts grant by themselves.

locals {
  dead_letter_queues = [
    module.import_failures.arn, module.nightly_archive.dlq.arn, module.nightly_report.dlq.arn,
    module.order_changes.failure_queue.arn, module.orders_to_fulfil.dlq.arn, module.orders_to_tell.dlq.arn,
    module.rollback.dlq.arn,
  ]
  functions_arns = concat([for function in local.functions : function.arn], [module.rollback.function_arn])

  # IAM knows an alias's actions by the function's ARN.
  rollout_grant = {
    actions   = ["lambda:GetAlias", "lambda:ListVersionsByFunction", "lambda:UpdateAlias"]
    resources = local.functions_arns
  }

  # What make status and make logs read.
  status_grant = {
    actions   = ["lambda:GetAlias"]
    resources = local.functions_arns
    also = [
      { actions = ["logs:FilterLogEvents"], resources = [for arn in local.functions_arns : replace(replace(arn, ":lambda:", ":logs:"), ":function:", ":log-group:/aws/lambda/")] },
      { actions = ["sqs:GetQueueAttributes"], resources = local.dead_letter_queues },
      { actions = ["states:ListExecutions"], resources = [module.fulfilment.arn] },
      # CloudWatch's reading actions know no resource but alarms:
      # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
      { actions = ["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics"], resources = ["*"] },
    ]
  }
}
