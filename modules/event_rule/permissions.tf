resource "aws_lambda_permission" "invoke" {
  for_each = var.target.function == null ? {} : local.arns

  statement_id  = "${local.rule_names[each.key]}-InvokeFunction"
  action        = "lambda:InvokeFunction"
  function_name = var.target.function.arn
  principal     = "events.amazonaws.com"
  qualifier     = var.target.function.alias_name
  source_arn    = each.value
}

locals {
  role_grants = {
    for name, grant in {
      queue = var.target.queue == null ? null : {
        sid       = "SendToQueue"
        actions   = ["sqs:SendMessage"]
        resources = [local.target_arn]
        also      = try(var.target.queue.grants.send.also, [])
      }
      workflow = var.target.workflow == null ? null : {
        sid       = "StartWorkflow"
        actions   = ["states:StartExecution"]
        resources = [local.target_arn]
        also      = []
      }
    } : name => grant if grant != null
  }

  policies = {
    for name, grant in local.role_grants : name => jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [{
          Sid      = grant.sid
          Effect   = "Allow"
          Action   = grant.actions
          Resource = grant.resources
        }],
        [for index, part in grant.also : merge(
          {
            Sid      = "${grant.sid}${index + 2}"
            Effect   = "Allow"
            Action   = sort(part.actions)
            Resource = sort(part.resources)
          },
          length(part.conditions) == 0 ? {} : { Condition = part.conditions },
        )],
      )
    })
  }
}

resource "aws_iam_role" "events" {
  for_each = local.policies

  name                 = local.role_name
  description          = "EventBridge delivers the events of ${var.name} with it"
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "EventBridgeAssumes"
      Effect    = "Allow"
      Action    = ["sts:AssumeRole"]
      Principal = { Service = ["events.amazonaws.com"] }
      Condition = {
        ArnEquals    = { "aws:SourceArn" = values(local.arns) }
        StringEquals = { "aws:SourceAccount" = [local.account_id] }
      }
    }]
  })
}

resource "aws_iam_role_policy" "deliver" {
  for_each = local.policies

  name   = "deliver"
  role   = aws_iam_role.events[each.key].name
  policy = each.value
}
