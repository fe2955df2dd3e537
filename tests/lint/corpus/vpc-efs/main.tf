variable "vpc_id" {
  type    = string
  default = "vpc-0a1b2c3d4e5f60718"
}

variable "subnet_ids" {
  type    = list(string)
  default = ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"]
}

locals {
  name    = "thumbnails"
  subnets = { for index, id in var.subnet_ids : tostring(index) => id }
}

resource "aws_security_group" "lambda" {
  name_prefix = "${local.name}-lambda-"
  vpc_id      = var.vpc_id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_security_group" "efs" {
  name_prefix = "${local.name}-efs-"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_egress_rule" "to_efs" {
  security_group_id            = aws_security_group.lambda.id
  referenced_security_group_id = aws_security_group.efs.id
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
}

resource "aws_vpc_security_group_ingress_rule" "from_lambda" {
  security_group_id            = aws_security_group.efs.id
  referenced_security_group_id = aws_security_group.lambda.id
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
}

resource "aws_efs_file_system" "this" {
  encrypted = true
  tags      = { Name = local.name }
}

resource "aws_efs_mount_target" "this" {
  for_each = local.subnets

  file_system_id  = aws_efs_file_system.this.id
  subnet_id       = each.value
  security_groups = [aws_security_group.efs.id]
}

resource "aws_efs_access_point" "lambda" {
  file_system_id = aws_efs_file_system.this.id

  posix_user {
    gid = 1000
    uid = 1000
  }

  root_directory {
    path = "/lambda"
    creation_info {
      owner_gid   = 1000
      owner_uid   = 1000
      permissions = "0750"
    }
  }
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "this" {
  name               = local.name
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = {
    vpc = "service-role/AWSLambdaVPCAccessExecutionRole"
    efs = "AmazonElasticFileSystemClientReadWriteAccess"
  }

  role       = aws_iam_role.this.name
  policy_arn = "arn:aws:iam::aws:policy/${each.value}"
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${local.name}"
  retention_in_days = 5
  kms_key_id        = "arn:aws:kms:eu-west-1:123456789012:key/8f0c7f9e-0000-4000-8000-000000000000"
}

resource "aws_lambda_function" "this" {
  function_name                  = local.name
  role                           = aws_iam_role.this.arn
  handler                        = "app.handler"
  runtime                        = "python3.12"
  s3_bucket                      = "thumbnails-artifacts"
  s3_key                         = "app.zip"
  timeout                        = 60
  reserved_concurrent_executions = 10
  kms_key_arn                    = "arn:aws:kms:eu-west-1:123456789012:key/8f0c7f9e-0000-4000-8000-000000000000"

  vpc_config {
    subnet_ids         = var.subnet_ids
    security_group_ids = [aws_security_group.lambda.id]
  }

  file_system_config {
    arn              = aws_efs_access_point.lambda.arn
    local_mount_path = "/mnt/thumbnails"
  }

  dead_letter_config {
    target_arn = aws_sns_topic.failed.arn
  }

  tags       = { Name = local.name }
  depends_on = [aws_efs_mount_target.this]
}

resource "aws_sns_topic" "failed" {
  name = "${local.name}-failed"
  tags = { Name = local.name }
}

resource "aws_sns_topic_subscription" "people" {
  topic_arn = aws_sns_topic.failed.arn
  protocol  = "email"
  endpoint  = "ops@example.org"
}

resource "aws_iam_role_policy" "failed" {
  name = "failed"
  role = aws_iam_role.this.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sns:Publish", Resource = aws_sns_topic.failed.arn }]
  })
}
