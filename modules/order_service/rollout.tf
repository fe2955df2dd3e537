# What takes a new version of a function back when it fails beside the old one.

locals {
  # For whoever promotes and rolls back by hand. IAM knows an alias's actions by the function's ARN.
  rollout_grant = {
    actions   = ["lambda:GetAlias", "lambda:ListVersionsByFunction", "lambda:UpdateAlias"]
    resources = [for function in local.functions : function.arn]
  }
}

module "rollback" {
  source = "../rollback"

  name      = "${var.prefix}-rollback"
  alarms    = var.alarms
  functions = local.functions
  logs      = var.logs
  package   = local.zip.rollback
  tags      = var.tags
}
