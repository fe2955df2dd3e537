# One function behind three doors: its URL for services of this account, an HTTP API for the people of
# the store, and a REST API for the systems of partners.

locals {
  reports_only = { StringLike = { "s3:prefix" = ["reports/*"] } }

  # Those of the website are not among them: the function URL alone has them.
  routes = {
    "GET /orders"              = { scopes = ["orders/read"], writes = false }
    "POST /orders"             = { scopes = ["orders/write"], writes = true }
    "GET /orders/{id}"         = { scopes = ["orders/read"], writes = false }
    "POST /orders/{id}/cancel" = { scopes = ["orders/write"], writes = true }
  }
}

module "orders_api" {
  source = "../function"

  name        = "${var.prefix}-orders-api"
  description = "Answers the order service's HTTP API"
  alarms      = var.alarms
  canary      = local.rollout.orders_api.canary
  concurrency = { provisioned = var.api.provisioned, reserved = var.api.reserved }
  environment = merge(
    {
      CORS_ORIGINS   = join(",", var.web.origins)
      RECORDS_BUCKET = module.records.bucket
      TABLE_NAME     = module.orders.name
      UPLOADS_BUCKET = module.uploads.bucket
    },
    var.cdn == null ? {} : { PATH_PREFIX = local.api_prefix },
  )
  live_version         = local.rollout.orders_api.live_version
  logs                 = var.logs
  memory               = var.api.memory
  package              = local.zip.orders_api
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
  timeout              = var.api.timeout

  # Of each grant what the code calls, and no more: so in the other files, too.
  grants = {
    approvals = merge(module.fulfilment.grants.answer, { actions = ["states:SendTaskFailure", "states:SendTaskSuccess"] })
    orders    = merge(module.orders.grants.read_write, { actions = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"] })

    # For the website. It looks for what it reads by listing, so that what is missing is not "denied".
    dashboard      = module.records.grants.read["reports/"]
    find_dashboard = merge(module.records.grants.list, { conditions = local.reports_only })
    find_reports   = { actions = ["s3:ListBucket"], resources = [module.uploads.arn], conditions = local.reports_only }
    upload         = merge(module.uploads.grants.upload["orders"], { actions = ["s3:PutObject"] })
    upload_reports = merge(module.uploads.grants.results["orders"], { actions = ["s3:GetObject"] })
  }
}

module "orders_url" {
  source = "../function_url"

  alarms      = var.alarms
  environment = var.environment
  function    = module.orders_api
  tags        = var.tags
}

module "orders_http" {
  source = "../http_api"

  name        = "${var.prefix}-http"
  description = "Orders, for the people of the store"
  access_log  = { retention_days = var.logs.retention_days }
  alarms      = var.alarms
  auth        = "jwt"
  cors        = length(var.web.origins) == 0 ? null : { headers = ["authorization", "content-type", "idempotency-key"], origins = var.web.origins }
  jwt         = { audience = [aws_cognito_user_pool_client.web.id], issuer = "https://${aws_cognito_user_pool.staff.endpoint}" }
  tags        = var.tags
  throttle    = var.api.throttle

  routes = merge(
    { for route, what in local.routes : route => { auth = "jwt", function = module.orders_api, scopes = what.scopes } },
    # Whoever signs in can ask for every scope of the page's client; who approves is told by IAM.
    { "POST /orders/{id}/approval" = { auth = "iam", function = module.orders_api, scopes = [] } },
  )
}

module "orders_rest" {
  source = "../rest_api"

  name        = "${var.prefix}-rest"
  description = "Orders, for the systems of partners"
  access_log  = var.partners.access_log
  alarms      = var.alarms
  auth        = "cognito"
  cognito     = { user_pool_arns = [aws_cognito_user_pool.staff.arn] }
  cors        = length(var.web.origins) == 0 ? null : { headers = ["authorization", "content-type", "idempotency-key", "x-api-key"], origins = var.web.origins }
  ip          = var.partners.ip
  stage       = "v1"
  tags        = var.tags
  throttle    = var.api.throttle

  # A partner's key is made when the partner comes, so that none is in the state.
  plans = { partners = { quota = var.partners.quota, throttle = var.partners.throttle } }

  routes = {
    for route, what in local.routes : route => {
      api_key  = true
      function = module.orders_api
      scopes   = what.scopes
      throttle = what.writes ? var.partners.writes : null
      validate = route == "POST /orders" ? { body = file("${path.module}/new_order.schema.json") } : {}
    }
  }
}
