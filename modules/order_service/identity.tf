# Who calls the APIs with a token: the people of the store, who sign in on the page of the user pool,
# and the systems of partners, whose clients are made when a partner comes, since each has a secret.

resource "aws_cognito_user_pool" "staff" {
  name                     = "${var.prefix}-staff"
  auto_verified_attributes = ["email"]
  deletion_protection      = var.deletion_protection ? "ACTIVE" : "INACTIVE"
  tags                     = var.tags
  username_attributes      = ["email"]

  admin_create_user_config {
    allow_admin_create_user_only = true
  }

  account_recovery_setting {
    recovery_mechanism {
      name     = "verified_email"
      priority = 1
    }
  }

  password_policy {
    minimum_length                   = 12
    require_lowercase                = true
    require_numbers                  = true
    require_symbols                  = false
    require_uppercase                = true
    temporary_password_validity_days = 7
  }
}

resource "aws_cognito_user_pool_domain" "staff" {
  domain       = "${var.prefix}-${local.account_id}"
  user_pool_id = aws_cognito_user_pool.staff.id
}

resource "aws_cognito_resource_server" "orders" {
  identifier   = "orders"
  name         = "Orders"
  user_pool_id = aws_cognito_user_pool.staff.id

  dynamic "scope" {
    for_each = { read = "See orders", write = "Place and cancel orders" }

    content {
      scope_name        = scope.key
      scope_description = scope.value
    }
  }
}

# A page in a browser keeps no secret: it proves by PKCE that it is the one that began to sign in.
resource "aws_cognito_user_pool_client" "web" {
  name                                 = "${var.prefix}-web"
  access_token_validity                = 60
  allowed_oauth_flows                  = ["code"]
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_scopes                 = sort(concat(["email", "openid"], aws_cognito_resource_server.orders.scope_identifiers))
  callback_urls                        = var.web.callback_urls
  enable_token_revocation              = true
  explicit_auth_flows                  = ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]
  id_token_validity                    = 60
  prevent_user_existence_errors        = "ENABLED"
  refresh_token_validity               = 30
  supported_identity_providers         = ["COGNITO"]
  user_pool_id                         = aws_cognito_user_pool.staff.id

  token_validity_units {
    access_token  = "minutes"
    id_token      = "minutes"
    refresh_token = "days"
  }
}
