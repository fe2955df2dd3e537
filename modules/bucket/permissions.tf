locals {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Sid       = "DenyOldTls"
          Effect    = "Deny"
          Action    = ["s3:*"]
          Condition = { NumericLessThan = { "s3:TlsVersion" = ["1.2"] } }
          Principal = "*"
          Resource  = [local.arn, "${local.arn}/*"]
        },
        {
          Sid       = "DenyPlainHttp"
          Effect    = "Deny"
          Action    = ["s3:*"]
          Condition = { Bool = { "aws:SecureTransport" = ["false"] } }
          Principal = "*"
          Resource  = [local.arn, "${local.arn}/*"]
        },
      ],
      [for name, statement in var.statements : merge(
        {
          Sid       = "Given${replace(title(replace(name, "_", " ")), " ", "")}"
          Effect    = statement.effect
          Action    = statement.actions
          Principal = { for kind, who in statement.principals : kind => who if length(who) > 0 }
          # An action is on the bucket or on objects, and finds its own of the two.
          Resource = concat([local.arn], [for prefix in statement.prefixes : "${local.arn}/${prefix}*"])
        },
        length(statement.conditions) == 0 ? {} : { Condition = statement.conditions },
      )],
    )
  })

  # The use of the key goes along with the grant, and only through S3.
  key_use = {
    for use, actions in {
      read = ["kms:Decrypt"]
      # A multipart upload reads its own parts.
      write = ["kms:Decrypt", "kms:GenerateDataKey"]
      } : use => [
      for arn in [var.kms_key_arn] : {
        actions    = actions
        resources  = [arn]
        conditions = { StringEquals = { "kms:ViaService" = ["s3.${local.region}.amazonaws.com"] } }
      } if arn != null
    ]
  }

  grants = {
    # Of the bucket, whatever the key: with a condition on the prefix S3 would not tell who reads an
    # object that it is missing.
    list = {
      actions   = ["s3:ListBucket"]
      resources = [local.arn]
      also      = []
    }
    read = {
      for prefix in var.prefixes : prefix => {
        actions   = ["s3:GetObject"]
        resources = ["${local.arn}/${prefix}*"]
        also      = local.key_use.read
      }
    }
    write = {
      for prefix in var.prefixes : prefix => {
        actions   = ["s3:AbortMultipartUpload", "s3:PutObject"]
        resources = ["${local.arn}/${prefix}*"]
        also      = local.key_use.write
      }
    }
  }
}

resource "aws_s3_bucket_policy" "bucket" {
  bucket = aws_s3_bucket.bucket.bucket
  policy = local.policy

  # S3 refuses two changes of a bucket's access at the same time.
  depends_on = [aws_s3_bucket_public_access_block.bucket]

  lifecycle {
    precondition {
      condition     = length(local.policy) <= 20480
      error_message = "statements make a bucket policy of ${length(local.policy)} characters, and S3 takes 20480: give fewer or shorter ones."
    }
  }
}
