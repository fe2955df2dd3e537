data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  # `id` is the region's name in every provider major from 5 to 6; `name` and `region` are not.
  region = data.aws_region.current.id

  # Made from its name, so that plans show it and policies can be checked before apply.
  arn = "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}"

  patterns = {
    # What means itself in a key, in a policy and in a rule: * and ? would be wildcards, $ a variable.
    prefix    = "^[A-Za-z0-9!_.'()/-]+$"
    statement = "^[a-z][a-z0-9_]{0,47}$"
  }

  widgets = concat([{
    type   = "metric"
    width  = 12
    height = 6
    properties = {
      title  = "${var.bucket}: size"
      region = local.region
      # S3 measures it once a day.
      period = 86400
      metrics = [
        ["AWS/S3", "BucketSizeBytes", "BucketName", var.bucket, "StorageType", "StandardStorage", { stat = "Average" }],
        ["AWS/S3", "NumberOfObjects", "BucketName", var.bucket, "StorageType", "AllStorageTypes", { stat = "Average", yAxis = "right" }],
      ]
    }
  }], local.request_widgets)
}

resource "aws_s3_bucket" "bucket" {
  bucket        = var.bucket
  force_destroy = !var.deletion_protection
  tags          = var.tags
}

resource "aws_s3_bucket_public_access_block" "bucket" {
  bucket                  = aws_s3_bucket.bucket.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "bucket" {
  bucket = aws_s3_bucket.bucket.bucket

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "bucket" {
  bucket = aws_s3_bucket.bucket.bucket

  rule {
    # One request to KMS for many objects.
    bucket_key_enabled = var.kms_key_arn != null

    apply_server_side_encryption_by_default {
      kms_master_key_id = var.kms_key_arn
      sse_algorithm     = var.kms_key_arn == null ? "AES256" : "aws:kms"
    }
  }
}

resource "aws_s3_bucket_versioning" "bucket" {
  bucket = aws_s3_bucket.bucket.bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "bucket" {
  for_each = var.lifecycle_days == null ? {} : { objects = var.lifecycle_days }

  bucket = aws_s3_bucket.bucket.bucket

  rule {
    id     = "tidy"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = each.value.unfinished
    }

    # What is left of an object when its last version has gone.
    expiration {
      expired_object_delete_marker = true
    }

    noncurrent_version_expiration {
      noncurrent_days = each.value.replaced
    }
  }

  dynamic "rule" {
    for_each = each.value.prefixes

    content {
      id     = "expire ${rule.key == "" ? "everything" : rule.key}"
      status = "Enabled"

      filter {
        prefix = rule.key
      }

      expiration {
        days = rule.value
      }
    }
  }

  # Versions are what it counts.
  depends_on = [aws_s3_bucket_versioning.bucket]
}

resource "aws_s3_bucket_cors_configuration" "browsers" {
  for_each = var.cors == null ? {} : { browsers = var.cors }

  bucket = aws_s3_bucket.bucket.bucket

  cors_rule {
    allowed_headers = each.value.headers
    allowed_methods = each.value.methods
    allowed_origins = each.value.origins
    expose_headers  = each.value.expose_headers
    max_age_seconds = each.value.max_age_seconds
  }
}
