terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = "~> 4.0" # expect: equal-versions
  }
}
