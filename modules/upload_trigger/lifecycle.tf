locals {
  expiries = merge(
    {
      for name, rule in var.rules : "uploads-${name}" => { days = var.lifecycle_days.uploads, prefix = rule.prefix }
      if var.lifecycle_days.uploads != null
    },
    {
      for prefix in distinct([for rule in var.rules : rule.write_prefix if rule.write_prefix != null]) :
      "written-${prefix}" => { days = var.lifecycle_days.written, prefix = prefix }
      if var.lifecycle_days.written != null
    },
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
      id     = rule.key
      status = "Enabled"

      filter {
        prefix = rule.value.prefix
      }

      expiration {
        days = rule.value.days
      }
    }
  }

  # Versions are what it counts.
  depends_on = [aws_s3_bucket_versioning.uploads]
}
