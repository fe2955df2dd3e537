locals {
  grants = {
    # What a rule's function reads: the uploads that it hears of.
    read = {
      for name, rule in var.rules : name => {
        actions   = ["s3:GetObject", "s3:GetObjectVersion"]
        resources = ["${module.bucket.arn}/${rule.prefix}*${rule.suffix}"]
        # Who may not list hears "denied" of an object that is gone, and cannot tell the two apart.
        also = concat(
          [{
            actions    = ["s3:ListBucketVersions"]
            resources  = [module.bucket.arn]
            conditions = { StringLike = { "s3:prefix" = ["${rule.prefix}*"] } }
          }],
          module.bucket.key_use.read,
        )
      }
    }

    # What a rule's function has written.
    results = {
      for name, prefix in local.written : name => {
        actions   = ["s3:GetObject", "s3:GetObjectVersion"]
        resources = ["${module.bucket.arn}/${prefix}*"]
        also      = module.bucket.key_use.read
      }
    }

    # To drop a file where a rule watches.
    upload = {
      for name, rule in var.rules : name => {
        actions   = ["s3:AbortMultipartUpload", "s3:PutObject"]
        resources = ["${module.bucket.arn}/${rule.prefix}*${rule.suffix}"]
        also      = module.bucket.key_use.write
      }
    }

    # What a rule's function may write.
    write = { for name, prefix in local.written : name => module.bucket.grants.write[prefix] }
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
          Resource  = [module.bucket.arn]
        },
      ],
      [for prefix in [rule.write_prefix] : {
        Sid      = "WriteResults"
        Effect   = "Allow"
        Action   = local.grants.write[name].actions
        Resource = local.grants.write[name].resources
      } if prefix != null],
      [for use in module.bucket.key_use[rule.write_prefix == null ? "read" : "write"] : {
        Sid       = "UseKey"
        Effect    = "Allow"
        Action    = use.actions
        Condition = use.conditions
        Resource  = use.resources
      }],
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
  source_arn     = module.bucket.arn
}
