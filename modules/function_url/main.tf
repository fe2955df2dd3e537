data "aws_region" "current" {}

locals {
  # `id` is the region's name in every provider major from 5 to 6; `name` and `region` are not.
  region = data.aws_region.current.id

  callers = merge(
    {
      for name, invoker in var.invokers : name => {
        organization = invoker.organization
        principal    = coalesce(invoker.role, invoker.user, invoker.account, "*")
      }
    },
    { for name in ["everybody"] : name => { organization = null, principal = "*" } if var.public },
  )
}

resource "aws_lambda_function_url" "url" {
  function_name      = var.function.name
  qualifier          = var.function.alias_name
  authorization_type = var.auth
  invoke_mode        = var.streaming ? "RESPONSE_STREAM" : "BUFFERED"

  dynamic "cors" {
    for_each = var.cors == null ? [] : [var.cors]

    content {
      allow_credentials = cors.value.credentials
      allow_headers     = cors.value.headers
      allow_methods     = cors.value.methods
      allow_origins     = cors.value.origins
      expose_headers    = cors.value.expose_headers
      max_age           = cors.value.max_age_seconds
    }
  }
}
