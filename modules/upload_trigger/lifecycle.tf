locals {
  # Days by prefix. No prefix is in both: a rule that writes where one watches is refused.
  expiries = merge(
    { for rule in var.rules : rule.prefix => var.lifecycle_days.uploads... if var.lifecycle_days.uploads != null },
    { for prefix in values(local.written) : prefix => var.lifecycle_days.written... if var.lifecycle_days.written != null },
  )
}

resource "aws_s3_bucket_lifecycle_configuration" "uploads" {
  bucket = aws_s3_bucket.uploads.bucket

  rule {
    id     = "tidy"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = var.lifecycle_days.unfinished
    }

    # What is left of an object when its last version has gone.
    expiration {
      expired_object_delete_marker = true
    }

    noncurrent_version_expiration {
      noncurrent_days = var.lifecycle_days.replaced
    }
  }

  dynamic "rule" {
    for_each = local.expiries

    content {
      id     = "expire ${rule.key == "" ? "everything" : rule.key}"
      status = "Enabled"

      filter {
        prefix = rule.key
      }

      expiration {
        days = rule.value[0]
      }
    }
  }

  # Versions are what it counts.
  depends_on = [aws_s3_bucket_versioning.uploads]
}
