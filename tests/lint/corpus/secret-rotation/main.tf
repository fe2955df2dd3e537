locals {
  databases = {
    orders  = { engine = "postgres", days = 30 }
    reports = { engine = "postgres", days = 90 }
  }
}

resource "aws_secretsmanager_secret" "database" {
  for_each = local.databases

  name                    = "database/${each.key}"
  recovery_window_in_days = 7
}

module "rotate" {
  source   = "../modules/function"
  for_each = local.databases

  name          = "rotate-${each.key}"
  timeout       = 30
  attach_policy = true
  policy        = data.aws_iam_policy_document.rotate[each.key].json
}

data "aws_iam_policy_document" "rotate" {
  for_each = local.databases

  statement {
    actions = [
      "secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue",
      "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage",
    ]
    resources = [aws_secretsmanager_secret.database[each.key].arn]
  }
  statement {
    # Takes no ARN.
    actions   = ["secretsmanager:GetRandomPassword"]
    resources = ["*"]
  }
}

resource "aws_lambda_permission" "rotate" {
  for_each = local.databases

  statement_id  = "rotate"
  action        = "lambda:InvokeFunction"
  function_name = module.rotate[each.key].name
  principal     = "secretsmanager.amazonaws.com"
  source_arn    = aws_secretsmanager_secret.database[each.key].arn
}

resource "aws_secretsmanager_secret_rotation" "database" {
  for_each = local.databases

  secret_id           = aws_secretsmanager_secret.database[each.key].id
  rotation_lambda_arn = module.rotate[each.key].arn

  rotation_rules {
    automatically_after_days = each.value.days
  }

  depends_on = [aws_lambda_permission.rotate]
}
