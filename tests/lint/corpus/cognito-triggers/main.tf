locals {
  name = "accounts"
  # Trigger of the pool, and the function behind it.
  triggers = {
    pre_sign_up          = "guard"
    post_confirmation    = "welcome"
    pre_token_generation = "claims"
  }
}

module "function" {
  source   = "../modules/function"
  for_each = toset(values(local.triggers))

  name    = "${local.name}-${each.value}"
  timeout = 5
}

resource "aws_cognito_user_pool" "this" {
  name                     = local.name
  username_attributes      = ["email"]
  auto_verified_attributes = ["email"]
  deletion_protection      = "ACTIVE"

  lambda_config {
    pre_sign_up       = module.function[local.triggers.pre_sign_up].arn
    post_confirmation = module.function[local.triggers.post_confirmation].arn

    pre_token_generation_config {
      lambda_arn     = module.function[local.triggers.pre_token_generation].arn
      lambda_version = "V2_0"
    }
  }

  password_policy {
    minimum_length    = 12
    require_lowercase = true
    require_numbers   = true
    require_symbols   = false
    require_uppercase = true
  }
}

resource "aws_cognito_user_pool_client" "web" {
  name         = "web"
  user_pool_id = aws_cognito_user_pool.this.id
}

resource "aws_lambda_permission" "cognito" {
  for_each = local.triggers

  statement_id  = "cognito-${replace(each.key, "_", "-")}"
  action        = "lambda:InvokeFunction"
  function_name = module.function[each.value].name
  principal     = "cognito-idp.amazonaws.com"
  source_arn    = aws_cognito_user_pool.this.arn
}
