terraform {
  required_version = ">= 1.11"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

resource "aws_lambda_function" "orders" {
  function_name = "orders"
  role          = "arn:aws:iam::123456789012:role/orders"
  runtime       = "python3.13"
  handler       = "app.handler"
  s3_bucket     = "zips"
  s3_key        = "orders.zip"
  memory        = 256 # expect: provider-schema
  arn           = "x" # expect: provider-schema

  tracing_config { # expect: provider-schema
    modus = "Active" # expect: provider-schema
  }

  dynamic "environment" {
    for_each = [{ LEVEL = "INFO" }]

    content {
      variable = environment.value # expect: provider-schema
    }
  }

  lifecycle {
    ignore_changes = [s3_key]
  }
}

output "version" {
  description = "Version of the function."
  value       = aws_lambda_function.orders.versoin # expect: provider-schema
}
