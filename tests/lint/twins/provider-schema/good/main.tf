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
  memory_size   = 256

  tracing_config {
    mode = "Active"
  }

  dynamic "environment" {
    for_each = [{ LEVEL = "INFO" }]

    content {
      variables = environment.value
    }
  }

  lifecycle {
    ignore_changes = [s3_key]
  }
}

output "version" {
  description = "Version of the function."
  value       = aws_lambda_function.orders.version
}
