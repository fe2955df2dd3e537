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
  # expect: policy-by-jsonencode
  policy = <<-JSON
    { "Version": "2012-10-17", "Statement": [{ "Resource": "${aws_sqs_queue.orders.arn}" }] }
  JSON
}

resource "aws_iam_role" "file" {
  assume_role_policy = file("${path.module}/policy.json") # expect: policy-by-jsonencode
}

resource "aws_iam_role" "text" {
  assume_role_policy = local.policy == "" ? null : "{}" # expect: policy-by-jsonencode
}

resource "aws_sqs_queue" "orders" {
  redrive_policy = "{\"maxReceiveCount\": 5}" # expect: policy-by-jsonencode
}

resource "aws_sqs_queue_policy" "orders" {
  queue_url = aws_sqs_queue.orders.id

  # expect: policy-by-jsonencode
  policy = <<JSON
{}
JSON
}
