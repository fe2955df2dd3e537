data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  # `id` is the region's name in every provider major from 5 to 6; `name` and `region` are not.
  region = data.aws_region.current.id

  # As the module function names it; there while a canary is.
  canary_alarms = sort([
    for function in var.functions :
    "arn:${local.partition}:cloudwatch:${local.region}:${local.account_id}:alarm:${function.name}-canary"
  ])

  pattern = jsonencode({
    source      = ["aws.cloudwatch"]
    detail-type = ["CloudWatch Alarm State Change"]
    resources   = local.canary_alarms
    detail      = { state = { value = ["ALARM"] } }
  })
}

module "function" {
  source = "../function"

  name                 = var.name
  description          = "Takes a new version that fails off its alias"
  alarms               = var.alarms
  async                = { max_age = 3600, on_failure_arn = module.alarms.dlq.arn }
  live_version         = var.live_version
  logs                 = var.logs
  package              = var.package
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
  timeout              = 20

  # IAM knows an alias's actions by the function's ARN:
  # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
  grants = {
    aliases = {
      actions   = ["lambda:GetAlias", "lambda:UpdateAlias"]
      resources = [for function in var.functions : function.arn]
    }
  }
}

module "alarms" {
  source = "../event_rule"

  name                 = var.name
  alarms               = var.alarms
  permissions_boundary = var.permissions_boundary
  rules                = { canary = { pattern = local.pattern } }
  tags                 = var.tags
  target               = { function = module.function }
}
