# Since October 2025 a function URL checks two permissions of its caller:
# https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html

resource "aws_lambda_permission" "invoke_url" {
  for_each = local.callers

  statement_id           = "${each.key}-InvokeFunctionUrl"
  action                 = "lambda:InvokeFunctionUrl"
  function_name          = var.function.arn
  function_url_auth_type = var.auth
  principal              = each.value.principal
  principal_org_id       = each.value.organization
  qualifier              = var.function.alias_name
}

resource "aws_lambda_permission" "invoke_function" {
  for_each = local.callers

  statement_id     = "${each.key}-InvokeFunction"
  action           = "lambda:InvokeFunction"
  function_name    = var.function.arn
  principal        = each.value.principal
  principal_org_id = each.value.organization
  qualifier        = var.function.alias_name
}
