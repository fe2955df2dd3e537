# Of your own: the repository or project that deploys, and buckets whose names nobody else has.
github = { repository = "your-organization/lambda-blueprints" }
gitlab = null
region = "eu-west-1"

environments = {
  dev = {
    bucket    = "lambda-blueprints-state-dev"
    prefix    = "orders-dev"
    state_key = "lambda-blueprints/dev/terraform.tfstate"
  }
  prod = {
    bucket    = "lambda-blueprints-state-prod"
    prefix    = "orders-prod"
    state_key = "lambda-blueprints/prod/terraform.tfstate"
  }
}
