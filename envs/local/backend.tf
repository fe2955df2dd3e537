# The state lies beside the local AWS that it describes, and goes with it (make down).
terraform {
  backend "local" {
    path = "../../.local-aws/terraform.tfstate"
  }
}
