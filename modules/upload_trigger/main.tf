data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  # `id` is the region's name in every provider major from 5 to 6; `name` and `region` are not.
  region = data.aws_region.current.id

  # The prefix that each rule may write under, of those that may.
  written = { for name, rule in var.rules : name => rule.write_prefix if rule.write_prefix != null }

  # Days by prefix. No prefix is in both: a rule that writes where one watches is refused.
  expiries = merge(
    { for prefix in toset(values(var.rules)[*].prefix) : prefix => var.lifecycle_days.uploads if var.lifecycle_days.uploads != null },
    { for prefix in toset(values(local.written)) : prefix => var.lifecycle_days.written if var.lifecycle_days.written != null },
  )

  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
  event_types = [
    "s3:IntelligentTiering",
    "s3:LifecycleExpiration:*", "s3:LifecycleExpiration:Delete", "s3:LifecycleExpiration:DeleteMarkerCreated",
    "s3:LifecycleTransition",
    "s3:ObjectAcl:Put",
    "s3:ObjectCreated:*", "s3:ObjectCreated:CompleteMultipartUpload", "s3:ObjectCreated:Copy", "s3:ObjectCreated:Post", "s3:ObjectCreated:Put",
    "s3:ObjectRemoved:*", "s3:ObjectRemoved:Delete", "s3:ObjectRemoved:DeleteMarkerCreated",
    "s3:ObjectRestore:*", "s3:ObjectRestore:Completed", "s3:ObjectRestore:Delete", "s3:ObjectRestore:Post",
    "s3:ObjectTagging:*", "s3:ObjectTagging:Delete", "s3:ObjectTagging:Put",
    "s3:ReducedRedundancyLostObject",
    "s3:Replication:*", "s3:Replication:OperationFailedReplication", "s3:Replication:OperationMissedThreshold",
    "s3:Replication:OperationNotTracked", "s3:Replication:OperationReplicatedAfterThreshold",
  ]

  names = keys(var.rules)
  pairs = [
    for pair in setproduct(range(length(local.names)), range(length(local.names))) : {
      first = pair[0] < pair[1]
      names = [local.names[pair[0]], local.names[pair[1]]]
      one   = var.rules[local.names[pair[0]]]
      other = var.rules[local.names[pair[1]]]
    }
  ]

  # S3 refuses two rules when one key could match both for the same event: one prefix begins the
  # other, one suffix ends the other, and an event is in both, by name or by its family's wildcard.
  overlaps = [
    for pair in local.pairs :
    "${pair.names[0]} (${pair.one.prefix}*${pair.one.suffix}) and ${pair.names[1]} (${pair.other.prefix}*${pair.other.suffix})"
    if pair.first
    && (startswith(pair.one.prefix, pair.other.prefix) || startswith(pair.other.prefix, pair.one.prefix))
    && (endswith(pair.one.suffix, pair.other.suffix) || endswith(pair.other.suffix, pair.one.suffix))
    && anytrue([
      for events in setproduct(pair.one.events, pair.other.events) :
      events[0] == events[1]
      || (endswith(events[1], "*") && startswith(events[0], trimsuffix(events[1], "*")))
      || (endswith(events[0], "*") && startswith(events[1], trimsuffix(events[0], "*")))
    ])
  ]

  # Whatever is written under a prefix may have any suffix, so prefixes alone tell.
  loops = [
    for pair in local.pairs :
    "${pair.names[0]} writes under ${pair.one.write_prefix}, ${pair.names[1]} watches ${pair.other.prefix == "" ? "everything" : pair.other.prefix}"
    if pair.one.write_prefix == null ? false : (
      startswith(pair.one.write_prefix, pair.other.prefix) || startswith(pair.other.prefix, pair.one.write_prefix)
    )
  ]
}

# With versions: an event names one, and the function reads just that, whatever came since.
module "bucket" {
  source = "../bucket"

  bucket              = var.bucket
  cors                = var.cors
  deletion_protection = var.deletion_protection
  kms_key_arn         = var.kms_key_arn
  prefixes            = values(local.written)
  tags                = var.tags

  lifecycle_days = {
    prefixes   = local.expiries
    replaced   = var.lifecycle_days.replaced
    unfinished = var.lifecycle_days.unfinished
  }
}

resource "aws_s3_bucket_notification" "uploads" {
  bucket      = module.bucket.bucket
  eventbridge = var.eventbridge

  dynamic "lambda_function" {
    for_each = var.rules

    content {
      id                  = lambda_function.key
      events              = lambda_function.value.events
      filter_prefix       = lambda_function.value.prefix
      filter_suffix       = lambda_function.value.suffix
      lambda_function_arn = lambda_function.value.function.alias_arn
    }
  }

  # S3 tries the permission out when it is told; a first event must find the role ready.
  depends_on = [aws_iam_role_policy.rule, aws_lambda_permission.rule]

  # Not validations of rules: those cannot use what is made of rules.
  lifecycle {
    precondition {
      condition     = length(local.overlaps) == 0
      error_message = "rules overlap: ${join("; ", local.overlaps)}. S3 invokes one function for an object: part them by prefix, suffix or event, or set eventbridge = true."
    }

    precondition {
      condition     = length(local.loops) == 0
      error_message = "rules make a loop: ${join("; ", local.loops)}. What a function writes would invoke a function again: write under a prefix that no rule watches."
    }
  }
}
