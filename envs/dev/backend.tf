# The bucket is named in backend.hcl, since its name is yours alone.
terraform {
  backend "s3" {
    key          = "lambda-blueprints/dev/terraform.tfstate"
    encrypt      = true
    use_lockfile = true
  }
}
