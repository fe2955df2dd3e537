terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

resource "aws_sqs_queue" "orders" {
  name = "orders"

  dynamic "setting" {
    for_each = { a = { name = 1 }, b = { name = 2 } }

    content {
      name = setting.value.name
    }
  }

  setting {
    name = "x"
  }

  setting {
    name = "y"
  }

  tags = { (var.name) = 1, (upper(var.name)) = 2, "${var.name}x" = 3, "${var.name}y" = 4 }
}

variable "name" {
  description = "Name of the thing."
  type        = string
}
