locals {
  publishers = {
    for name, publisher in var.publishers : name => {
      principal = {
        for kind, who in {
          AWS     = publisher.account == null ? publisher.role : "arn:${data.aws_partition.current.partition}:iam::${publisher.account}:root"
          Service = publisher.service
        } : kind => [who] if who != null
      }
      source_arn = publisher.source_arn
      # An ARN without an account, as a bucket's, is whoever's takes the name next.
      source_account = publisher.source_arn == null ? null : (
        publisher.source_account != null ? publisher.source_account :
        try(split(":", publisher.source_arn)[4], "") == "" ? local.account_id : null
      )
    }
  }

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid       = "DenyPlainHttp"
        Effect    = "Deny"
        Action    = ["sns:Publish"]
        Resource  = [local.arn]
        Principal = { AWS = ["*"] }
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }],
      [for name, publisher in local.publishers : merge(
        {
          Sid       = "Allow${replace(title(replace(name, "_", " ")), " ", "")}"
          Effect    = "Allow"
          Action    = ["sns:Publish"]
          Resource  = [local.arn]
          Principal = publisher.principal
        },
        publisher.source_arn == null ? {} : {
          Condition = merge(
            { ArnLike = { "aws:SourceArn" = publisher.source_arn } },
            publisher.source_account == null ? {} : {
              StringEquals = { "aws:SourceAccount" = publisher.source_account }
            },
          )
        },
      )],
    )
  })
}
