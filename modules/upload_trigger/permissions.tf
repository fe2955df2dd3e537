locals {
  bucket_policy = jsonencode({
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

  through_s3 = { StringEquals = { "kms:ViaService" = ["s3.${local.region}.amazonaws.com"] } }
  key_to_read = [
    for arn in [var.kms_key_arn] : {
      actions    = ["kms:Decrypt"]
      resources  = [arn]
      conditions = local.through_s3
    } if arn != null
  ]
  # A multipart upload reads its own parts.
  key_to_write = [
    for arn in [var.kms_key_arn] : {
      actions    = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources  = [arn]
      conditions = local.through_s3
    } if arn != null
  ]

  # The prefix that each rule may write under, of those that may.
  written = { for name, rule in var.rules : name => rule.write_prefix if rule.write_prefix != null }

  grants = {
    # What a rule's function reads: the uploads that it hears of.
    read = {
      for name, rule in var.rules : name => {
        actions   = ["s3:GetObject", "s3:GetObjectVersion"]
        resources = ["${local.arn}/${rule.prefix}*${rule.suffix}"]
        # Who may not list hears "denied" of an object that is gone, and cannot tell the two apart.
        also = concat(
          [{
            actions    = ["s3:ListBucketVersions"]
            resources  = [local.arn]
            conditions = { StringLike = { "s3:prefix" = ["${rule.prefix}*"] } }
          }],
          local.key_to_read,
        )
      }
    }

    # What a rule's function has written.
    results = {
      for name, prefix in local.written : name => {
        actions   = ["s3:GetObject", "s3:GetObjectVersion"]
        resources = ["${local.arn}/${prefix}*"]
        also      = local.key_to_read
      }
    }

    # To drop a file where a rule watches.
    upload = {
      for name, rule in var.rules : name => {
        actions   = ["s3:AbortMultipartUpload", "s3:PutObject"]
        resources = ["${local.arn}/${rule.prefix}*${rule.suffix}"]
        also      = local.key_to_write
      }
    }

    # What a rule's function may write.
    write = {
      for name, prefix in local.written : name => {
        actions   = ["s3:AbortMultipartUpload", "s3:PutObject"]
        resources = ["${local.arn}/${prefix}*"]
        also      = local.key_to_write
      }
    }
  }

  role_statements = {
    for name, rule in var.rules : name => concat(
      [
        {
          Sid      = "ReadUploads"
          Effect   = "Allow"
          Action   = local.grants.read[name].actions
          Resource = local.grants.read[name].resources
        },
        {
          Sid       = "TellWhatIsGone"
          Effect    = "Allow"
          Action    = ["s3:ListBucketVersions"]
          Condition = { StringLike = { "s3:prefix" = ["${rule.prefix}*"] } }
          Resource  = [local.arn]
        },
      ],
      [for prefix in [rule.write_prefix] : {
        Sid      = "WriteResults"
        Effect   = "Allow"
        Action   = local.grants.write[name].actions
        Resource = local.grants.write[name].resources
      } if prefix != null],
      [for arn in [var.kms_key_arn] : {
        Sid       = "UseKey"
        Effect    = "Allow"
        Action    = rule.write_prefix == null ? ["kms:Decrypt"] : ["kms:Decrypt", "kms:GenerateDataKey"]
        Condition = local.through_s3
        Resource  = [arn]
      } if arn != null],
    )
  }
}

resource "aws_iam_role_policy" "rule" {
  for_each = var.rules

  name = "${var.bucket}-${each.key}"
  role = each.value.function.role_name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.role_statements[each.key]
  })
}

resource "aws_lambda_permission" "rule" {
  for_each = var.rules

  statement_id  = "${var.bucket}-${each.key}"
  action        = "lambda:InvokeFunction"
  function_name = each.value.function.arn
  principal     = "s3.amazonaws.com"
  qualifier     = each.value.function.alias_name
  # A bucket's ARN names no account, and its name may be another's tomorrow.
  source_account = local.account_id
  source_arn     = local.arn
}
