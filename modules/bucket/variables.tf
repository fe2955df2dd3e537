variable "alarms" {
  description = "Alarms on requests to the bucket: ARNs that hear of them, answers with 5xx that are too many within five minutes, and the milliseconds that the slowest percent may wait for its first byte. Off by default, since they need request metrics, which are paid by the metric."
  type = object({
    actions    = optional(list(string), [])
    errors     = optional(number, 1)
    latency_ms = optional(number, 1000)
  })
  default = null

  validation {
    condition     = var.alarms == null ? true : var.alarms.errors >= 1
    error_message = "alarms.errors is ${try(var.alarms.errors, "null")}: counts start at 1; leave alarms = null to have none."
  }

  validation {
    condition     = var.alarms == null ? true : var.alarms.latency_ms >= 1
    error_message = "alarms.latency_ms is ${try(var.alarms.latency_ms, "null")}: give at least 1; leave alarms = null to have none."
  }
}

variable "bucket" {
  description = "Name of the bucket, unique among all accounts; carry a prefix that is your own."
  type        = string
  nullable    = false

  validation {
    # A dot is legal too, but breaks the certificate of <bucket>.s3.<region>.amazonaws.com.
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "bucket is \"${var.bucket}\" of ${length(var.bucket)} characters: use 3 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends."
  }

  validation {
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    condition     = !can(regex("^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|--x-s3|--table-s3)$", var.bucket))
    error_message = "bucket is \"${var.bucket}\": S3 keeps the beginnings xn--, sthree- and amzn-s3-demo- and the endings -s3alias, --ol-s3, --x-s3 and --table-s3 for itself."
  }
}

variable "cors" {
  description = "Which browser origins may read from the bucket or write to it, with an address that your API has signed; null for none."
  type = object({
    expose_headers  = optional(list(string), ["ETag", "x-amz-version-id"])
    headers         = optional(list(string), ["*"])
    max_age_seconds = optional(number, 300)
    methods         = optional(list(string), ["GET", "HEAD"])
    origins         = list(string)
  })
  default = null

  validation {
    condition     = var.cors == null ? true : length(var.cors.origins) > 0 && alltrue([for origin in var.cors.origins : can(regex("^https?://[^/*]+$", origin))])
    error_message = "cors.origins is ${try(jsonencode(var.cors.origins), "null")}: name each origin by scheme and host, as https://example.com, without a path and without a wildcard."
  }

  validation {
    condition     = var.cors == null ? true : length(var.cors.methods) > 0 && length(setsubtract(var.cors.methods, ["DELETE", "GET", "HEAD", "POST", "PUT"])) == 0
    error_message = "cors.methods is ${try(jsonencode(var.cors.methods), "null")}: S3 knows DELETE, GET, HEAD, POST and PUT."
  }

  validation {
    condition     = var.cors == null ? true : var.cors.max_age_seconds >= 0 && floor(var.cors.max_age_seconds) == var.cors.max_age_seconds
    error_message = "cors.max_age_seconds is ${try(var.cors.max_age_seconds, "null")}: give whole seconds from 0."
  }
}

variable "deletion_protection" {
  description = "Whether the bucket is kept from being deleted while it holds objects; false deletes them with it."
  type        = bool
  default     = true
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the objects; null takes the key that S3 owns."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:\\d{12}:key/", var.kms_key_arn))
    error_message = "kms_key_arn is ${coalesce(var.kms_key_arn, "null")}: give the ARN of a KMS key, not an alias, since policies name keys."
  }
}

variable "lifecycle_days" {
  description = "Days after which objects go: by prefix since they were written, versions since they were replaced or deleted, multipart uploads that nobody finished; null keeps everything."
  type = object({
    prefixes   = optional(map(number), {})
    replaced   = optional(number, 30)
    unfinished = optional(number, 7)
  })
  default  = {}
  nullable = true

  validation {
    condition     = var.lifecycle_days == null ? true : alltrue([for days in concat(values(var.lifecycle_days.prefixes), [var.lifecycle_days.replaced, var.lifecycle_days.unfinished]) : days >= 1 && floor(days) == days])
    error_message = "lifecycle_days is ${jsonencode(var.lifecycle_days)}: give whole days from 1."
  }

  validation {
    condition     = var.lifecycle_days == null ? true : alltrue([for prefix in keys(var.lifecycle_days.prefixes) : !startswith(prefix, "/")])
    error_message = "lifecycle_days.prefixes begin with a slash (${try(join(", ", [for prefix in keys(var.lifecycle_days.prefixes) : prefix if startswith(prefix, "/")]), "null")}), and keys do not: leave it out."
  }
}

variable "prefixes" {
  description = "Prefixes of keys that grants are given for, as reports/."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for prefix in var.prefixes : can(regex(local.patterns.prefix, prefix))])
    error_message = "prefixes has some that do not match as they stand (${join(", ", [for prefix in var.prefixes : "\"${prefix}\"" if !can(regex(local.patterns.prefix, prefix))])}): use letters, digits and ! _ . ' ( ) / -; no wildcard is needed, \"reports/\" is all that begins so."
  }

  validation {
    condition     = alltrue([for prefix in var.prefixes : !startswith(prefix, "/")])
    error_message = "prefixes begin with a slash (${join(", ", [for prefix in var.prefixes : prefix if startswith(prefix, "/")])}), and keys do not: leave it out."
  }

  validation {
    condition     = alltrue([for prefix in var.prefixes : prefix == "" || endswith(prefix, "/")])
    error_message = "prefixes are no folders (${join(", ", [for prefix in var.prefixes : prefix if !endswith(prefix, "/")])}): end each with a slash, or it also allows what only begins so."
  }
}

variable "statements" {
  description = "What the bucket's policy says besides, by name: who may or may not do what, and under which prefixes (all unless you name some), as CloudFront that serves the bucket. Identities of this account need none: give them grants."
  type = map(object({
    actions    = list(string)
    conditions = optional(map(map(list(string))), {})
    effect     = optional(string, "Allow")
    prefixes   = optional(list(string), [""])
    principals = object({
      AWS     = optional(list(string), [])
      Service = optional(list(string), [])
    })
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.statements) : can(regex(local.patterns.statement, name))])
    error_message = "statements has names that make no statement id (${join(", ", [for name in keys(var.statements) : name if !can(regex(local.patterns.statement, name))])}): use snake_case of at most 48 characters."
  }

  validation {
    condition     = alltrue([for statement in var.statements : length(statement.actions) > 0 && alltrue([for action in statement.actions : can(regex("^s3:([A-Za-z]+|\\*)$", action))])])
    error_message = "statements has actions that a bucket's policy does not know (${join(", ", [for name, statement in var.statements : "${name}: ${jsonencode(statement.actions)}" if length(statement.actions) == 0 || !alltrue([for action in statement.actions : can(regex("^s3:([A-Za-z]+|\\*)$", action))])])}): name each in full, as s3:GetObject, or s3:* for all."
  }

  validation {
    # It would be of the bucket as well, whatever the prefixes.
    condition     = alltrue([for statement in var.statements : !contains(statement.actions, "s3:*") || contains(statement.prefixes, "")])
    error_message = "statements says s3:* of some prefixes in ${join(", ", [for name, statement in var.statements : name if contains(statement.actions, "s3:*") && !contains(statement.prefixes, "")])}, and that is also all that concerns the bucket: name the actions, or leave the prefixes out."
  }

  validation {
    condition     = alltrue([for statement in var.statements : contains(["Allow", "Deny"], statement.effect)])
    error_message = "statements has effects ${join(", ", [for name, statement in var.statements : "${name}: ${statement.effect}" if !contains(["Allow", "Deny"], statement.effect)])}: a statement says Allow or Deny."
  }

  validation {
    condition     = alltrue(flatten([for statement in var.statements : [for prefix in statement.prefixes : prefix == "" || (can(regex(local.patterns.prefix, prefix)) && !startswith(prefix, "/"))]]))
    error_message = "statements has prefixes that match no key as they stand (${join(", ", flatten([for name, statement in var.statements : [for prefix in statement.prefixes : "${name}: ${prefix}" if prefix != "" && (!can(regex(local.patterns.prefix, prefix)) || startswith(prefix, "/"))]]))}): use letters, digits and ! _ . ' ( ) / -, and no slash at the beginning."
  }

  validation {
    condition     = alltrue([for statement in var.statements : length(concat(values(statement.principals)...)) > 0])
    error_message = "statements names nobody in ${join(", ", [for name, statement in var.statements : name if length(concat(values(statement.principals)...)) == 0])}: give principals.AWS or principals.Service."
  }

  validation {
    condition     = alltrue([for statement in var.statements : statement.effect != "Allow" || length(statement.conditions) > 0 || !contains(statement.principals.AWS, "*")])
    error_message = "statements lets everybody in by ${join(", ", [for name, statement in var.statements : name if statement.effect == "Allow" && length(statement.conditions) == 0 && contains(statement.principals.AWS, "*")])}, and the bucket blocks public access: name who may, or say on which condition."
  }

  validation {
    condition     = alltrue([for statement in var.statements : statement.effect != "Allow" || length(statement.principals.Service) == 0 || length(setintersection(["aws:sourcearn", "aws:sourceaccount"], [for key in flatten([for test in values(statement.conditions) : keys(test)]) : lower(key)])) > 0])
    error_message = "statements lets a service in for whoever uses it by ${join(", ", [for name, statement in var.statements : name if statement.effect == "Allow" && length(statement.principals.Service) > 0 && length(setintersection(["aws:sourcearn", "aws:sourceaccount"], [for key in flatten([for test in values(statement.conditions) : keys(test)]) : lower(key)])) == 0])}: say for which resource, by a condition on aws:SourceArn, or for which account, by aws:SourceAccount."
  }
}

variable "tags" {
  description = "Tags of everything that the module makes."
  type        = map(string)
  default     = {}
  nullable    = false
}
