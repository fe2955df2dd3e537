terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

locals {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Send", Effect = "Allow", Action = ["sqs:SendMessage"] }]
  })

  text = <<-TEXT
    A Statement in a heredoc is only a word.
  TEXT
}

resource "aws_cloudfront_distribution" "site" {
  default_cache_behavior {
    viewer_protocol_policy = "redirect-to-https"
  }
}

resource "aws_iam_role" "role" {
  assume_role_policy = local.text == "" ? null : coalesce(local.policy, jsonencode([]))
  description        = <<-TEXT
    { "is": "no policy" }
  TEXT
}

resource "aws_kms_key_policy" "key" {
  policy = jsonencode(yamldecode(file("${path.module}/key.yaml")))
}

resource "aws_lambda_permission" "url" {
  policy = "NONE"
}

resource "aws_sqs_queue" "orders" {
  redrive_policy = jsonencode({ maxReceiveCount = 5 })
}
