terraform {
  required_version = ">= 1.11"

  required_providers {
    archive = { # expect: banned-resource
      source  = "hashicorp/archive"
      version = ">= 2.0"
    }
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
    files = { # expect: banned-resource
      source  = "hashicorp/local"
      version = ">= 2.0"
    }
  }
}

provider "external" {} # expect: banned-resource

# expect: banned-resource
data "archive_file" "code" {
  type = "zip"
}

# expect: banned-resource
data "aws_iam_policy_document" "role" {
  statement {
    actions = ["s3:GetObject"]
  }
}

# expect: banned-resource
data "external" "build" {
  program = ["make"]
}

# expect: banned-resource
resource "aws_api_gateway_account" "account" {}

# expect: banned-resource
resource "aws_iam_policy_attachment" "role" {
  name = "role"
}

# expect: banned-resource
resource "aws_iam_role_policies_exclusive" "role" {
  role_name = "role"
}

# expect: banned-resource
resource "aws_iam_role_policy_attachment" "role" {
  role = "role"
}

# expect: banned-resource
resource "aws_iam_role_policy_attachments_exclusive" "role" {
  role_name = "role"
}

# expect: banned-resource
resource "local_file" "policy" {
  filename = "policy.json"
}

# expect: banned-resource
resource "null_resource" "build" {}

resource "terraform_data" "build" {
  provisioner "local-exec" { # expect: banned-resource
    command = "make"
  }
}
