# make keeps the state beside the local AWS that it describes; both go with make down.
terraform {
  backend "local" {}
}
