terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = { # expect: equal-versions
      source  = "somebody/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}
