locals {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
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
    ]
  })

  # The use of the key goes along with the grant, and only through S3.
  key_use = [
    for arn in [var.kms_key_arn] : {
      actions    = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources  = [arn]
      conditions = { StringEquals = { "kms:ViaService" = ["s3.${local.region}.amazonaws.com"] } }
    } if arn != null
  ]

  list = {
    actions    = ["s3:ListBucket"]
    resources  = [local.arn]
    conditions = {}
  }

  # A plan locks the state too.
  lock = {
    for name, key in local.locks : name => {
      actions    = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
      resources  = ["${local.arn}/${key}"]
      conditions = {}
    }
  }

  grants = {
    read = {
      for name, key in var.states : name => {
        actions   = ["s3:GetObject"]
        resources = ["${local.arn}/${key}"]
        also      = concat([local.list, local.lock[name]], local.key_use)
      }
    }
    write = {
      for name, key in var.states : name => {
        actions   = ["s3:GetObject", "s3:PutObject"]
        resources = ["${local.arn}/${key}"]
        also      = concat([local.list, local.lock[name]], local.key_use)
      }
    }
  }
}

resource "aws_s3_bucket_policy" "state" {
  bucket = aws_s3_bucket.state.bucket
  policy = local.policy

  # S3 refuses two changes of a bucket's access at the same time.
  depends_on = [aws_s3_bucket_public_access_block.state]
}
