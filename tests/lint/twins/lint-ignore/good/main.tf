terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

# lint:ignore no-this-label every user knows this name
resource "aws_sqs_queue" "this" {
  name = "eu-west-1" # lint:ignore no-hard-coded-account-or-region only a name
}

# lint:ignore no-this-label every user knows this name
# A comment between does no harm.
data "aws_sqs_queue" "this" {
  name = "# lint:ignore no-any is only text here"
}
