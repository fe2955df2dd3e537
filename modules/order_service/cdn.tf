# The website: CloudFront in front of the page, and of the API under /api.

locals {
  # How requests for the API are signed, and the function at the edge that it takes.
  edge_handlers = { edge = "app.handler", oac = null, oac_with_hash = "content_hash.handler" }
  edge_handler  = var.cdn == null ? null : try(local.edge_handlers[var.cdn.signing], null)
  api_prefix    = "/api"
}

module "edge" {
  source    = "../edge_function"
  providers = { aws.us_east_1 = aws.us_east_1 }
  count     = local.edge_handler == null ? 0 : 1

  name                 = "${var.prefix}-edge"
  description          = "Signs requests from the website to the API, or hashes their bodies"
  event                = "origin-request"
  grants               = { for name in ["orders"] : name => module.orders_url.grants.invoke if var.cdn.signing == "edge" }
  include_body         = true
  package              = { handler = local.edge_handler, zip = "${var.packages}/edge_signer.zip" }
  retain_on_destroy    = var.cdn.retain_edge
  retention_days       = var.logs.retention_days
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

module "site" {
  source = "../site"
  count  = var.cdn == null ? 0 : 1

  bucket              = "${var.prefix}-site-${local.account_id}"
  deletion_protection = var.deletion_protection
  folder              = var.pages
  statements          = { cdn = module.cdn[0].statements.read }
  tags                = var.tags
}

module "cdn" {
  source    = "../cdn"
  providers = { aws = aws, aws.us_east_1 = aws.us_east_1 }
  count     = var.cdn == null ? 0 : 1

  name            = "${var.prefix}-cdn"
  alarms          = var.alarms == null ? null : { actions = var.cdn.alarm_actions }
  aliases         = var.cdn.aliases
  behaviors       = [{ path = "${local.api_prefix}/*", origin = "api", edge = module.edge[*].association }]
  certificate_arn = var.cdn.certificate_arn
  default         = { origin = "pages" }
  description     = "The website of ${var.prefix}"
  tags            = var.tags
  web_acl_arn     = var.cdn.web_acl_arn

  origins = {
    api = {
      # With oac the page hashes what it sends.
      clients_hash_bodies = var.cdn.signing == "oac"
      function_url        = module.orders_url
      signing             = var.cdn.signing
    }
    pages = { bucket = module.site[0].origin }
  }
}
