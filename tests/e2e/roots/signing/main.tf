# One function URL behind one distribution, in each of the three ways to sign.

provider "aws" {
  region = var.region
}

provider "aws" {
  alias  = "us_east_1"
  region = "us-east-1"
}

module "echo" {
  source = "../../../../modules/function"

  name    = "${var.prefix}-echo"
  alarms  = null
  package = { zip = var.echo_zip, handler = "echo.handler" }
}

module "echo_url" {
  source = "../../../../modules/function_url"

  function = module.echo

  cors = {
    headers = ["content-type"]
    methods = ["GET", "POST"]
    origins = ["https://shop.example.com"]
  }
}

module "signer" {
  source    = "../../../../modules/edge_function"
  providers = { aws.us_east_1 = aws.us_east_1 }

  name              = "${var.prefix}-signer"
  event             = "origin-request"
  grants            = { echo = module.echo_url.grants.invoke }
  include_body      = true
  package           = { zip = var.signer_zip }
  retain_on_destroy = false
}

module "hasher" {
  source    = "../../../../modules/edge_function"
  providers = { aws.us_east_1 = aws.us_east_1 }

  name              = "${var.prefix}-hasher"
  event             = "origin-request"
  include_body      = true
  package           = { zip = var.signer_zip, handler = "content_hash.handler" }
  retain_on_destroy = false
}

module "cdn" {
  source    = "../../../../modules/cdn"
  providers = { aws = aws, aws.us_east_1 = aws.us_east_1 }

  name    = "${var.prefix}-cdn"
  alarms  = null
  default = { origin = "edge", edge = [module.signer.association] }

  behaviors = [
    { path = "/under/*", origin = "under", edge = [module.signer.association] },
    { path = "/oac/*", origin = "oac" },
    { path = "/hashed/*", origin = "oac_with_hash", edge = [module.hasher.association] },
  ]

  origins = {
    edge          = { function_url = module.echo_url, headers = { x-from = "the-distribution" }, signing = "edge" }
    oac           = { clients_hash_bodies = true, function_url = module.echo_url, signing = "oac" }
    oac_with_hash = { function_url = module.echo_url, signing = "oac_with_hash" }
    under         = { function_url = module.echo_url, path = "/v1/stage~a", signing = "edge" }
  }
}
