terraform {
  required_version = ">= 1.11"
  required_providers {
    aws = { # expect: pinned-provider
      source  = "hashicorp/aws"
    }
  }
}
