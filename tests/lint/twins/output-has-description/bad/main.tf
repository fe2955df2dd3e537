terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

output "a" { # expect: output-has-description
  value = 1
}

output "b" {
  description = "the number" # expect: output-has-description
  value       = 2
}
