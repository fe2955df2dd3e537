locals {
  target_grants = [
    for grant in [
      var.target.function == null ? null : {
        sid       = "InvokeFunction"
        actions   = ["lambda:InvokeFunction"]
        resources = [var.target.function.alias_arn]
        also      = []
      },
      var.target.queue == null ? null : {
        sid       = "SendToQueue"
        actions   = ["sqs:SendMessage"]
        resources = [var.target.queue.arn]
        also      = try(var.target.queue.grants.send.also, [])
      },
      var.target.workflow == null ? null : {
        sid       = "StartWorkflow"
        actions   = ["states:StartExecution"]
        resources = [var.target.workflow.arn]
        also      = []
      },
      var.dlq == null ? null : merge({ sid = "SendToDlq" }, module.dlq["dlq"].grants.send),
    ] : grant if grant != null
  ]

  statements = concat(
    [for grant in local.target_grants : {
      Sid      = grant.sid
      Effect   = "Allow"
      Action   = grant.actions
      Resource = grant.resources
    }],
    flatten([for grant in local.target_grants : [
      for index, part in grant.also : merge(
        {
          Sid      = "${grant.sid}${index + 2}"
          Effect   = "Allow"
          Action   = sort(part.actions)
          Resource = sort(part.resources)
        },
        length(part.conditions) == 0 ? {} : { Condition = part.conditions },
      )
    ]]),
    # The schedules' key opens their inputs.
    [for key in [var.kms_key_arn] : {
      Sid       = "UseKeyByScheduler"
      Effect    = "Allow"
      Action    = ["kms:Decrypt"]
      Resource  = [key]
      Condition = { StringEquals = { "kms:ViaService" = ["scheduler.${local.region}.amazonaws.com"] } }
    } if key != null],
  )
}

resource "aws_iam_role" "scheduler" {
  name                 = local.role_name
  description          = "EventBridge Scheduler runs the jobs of ${var.name} with it"
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "SchedulerAssumes"
      Effect    = "Allow"
      Action    = ["sts:AssumeRole"]
      Principal = { Service = ["scheduler.amazonaws.com"] }
      # The group and not a schedule: Scheduler gives no more.
      # https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
      Condition = {
        StringEquals = { "aws:SourceAccount" = [local.account_id], "aws:SourceArn" = [local.group_arn] }
      }
    }]
  })
}

resource "aws_iam_role_policy" "deliver" {
  name   = "deliver"
  role   = aws_iam_role.scheduler.name
  policy = jsonencode({ Version = "2012-10-17", Statement = local.statements })
}
