terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

provider "aws" {}

data "aws_iam_policy" "boundary" {
  name = "boundary"
}

# null_resource and local-exec are only words in a comment, and in a string.
resource "aws_iam_role_policy" "null_resource" {
  role = "local-exec"

  policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}

resource "terraform_data" "version" {
  input = { null = null, local = local.archive, boundary = data.aws_iam_policy.boundary.arn }
}

locals {
  archive = "data.archive_file"
}
