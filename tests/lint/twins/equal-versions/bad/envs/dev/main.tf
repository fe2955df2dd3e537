terraform {
  required_version = ">= 1.5" # expect: equal-versions

  required_providers {
    aws = { # expect: equal-versions
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
    random = { # expect: equal-versions
      version = "~> 3.0"
    }
  }
}
