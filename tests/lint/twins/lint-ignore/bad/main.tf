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
  name = "queue"
}

resource "aws_sqs_queue" "dlq" { # lint:ignore no-this-label nothing wrong here # expect: lint-ignore
  name = "dlq"                   # lint:ignore no-such-rule for a reason # expect: lint-ignore
}
