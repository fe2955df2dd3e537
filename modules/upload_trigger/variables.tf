variable "alarms" {
  description = "Alarms on uploads that no function took: ARNs that hear of them, how many dropped ones within five minutes are too many, and how long one may wait; null switches them off."
  type = object({
    actions         = optional(list(string), [])
    dropped         = optional(number, 1)
    waiting_seconds = optional(number, 900)
  })
  default  = {}
  nullable = true

  validation {
    condition     = var.alarms == null ? true : var.alarms.dropped >= 1
    error_message = "alarms.dropped is ${try(var.alarms.dropped, "null")}: counts start at 1; leave alarms = null to have none."
  }

  validation {
    condition     = var.alarms == null ? true : var.alarms.waiting_seconds >= 1 && var.alarms.waiting_seconds <= 21600
    error_message = "alarms.waiting_seconds is ${try(var.alarms.waiting_seconds, "null")}: Lambda drops an event after at most 21600 s; give 1 to 21600."
  }
}

variable "bucket" {
  description = "Name of the bucket, unique among all accounts; carry a prefix that is your own."
  type        = string
  nullable    = false
}

variable "cors" {
  description = "Which browser origins may upload straight to the bucket; null for none."
  type = object({
    expose_headers  = optional(list(string), ["ETag", "x-amz-version-id"])
    headers         = optional(list(string), ["*"])
    max_age_seconds = optional(number, 300)
    methods         = optional(list(string), ["POST", "PUT"])
    origins         = list(string)
  })
  default = null
}

variable "deletion_protection" {
  description = "Whether the bucket is kept from being deleted while it holds objects; false deletes them with it."
  type        = bool
  default     = true
  nullable    = false
}

variable "eventbridge" {
  description = "Whether all events of the bucket go to EventBridge as well, where event_rule finds them."
  type        = bool
  default     = false
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the objects; null takes the key that S3 owns."
  type        = string
  default     = null
}

variable "lifecycle_days" {
  description = "Days after which objects go: uploads where rules watch and written where functions write (null keeps them), versions since they were replaced or deleted, multipart uploads that nobody finished."
  type = object({
    replaced   = optional(number, 30)
    unfinished = optional(number, 7)
    uploads    = optional(number)
    written    = optional(number)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for days in values(var.lifecycle_days) : days == null ? true : days >= 1 && floor(days) == days])
    error_message = "lifecycle_days is ${jsonencode(var.lifecycle_days)}: give whole days from 1."
  }
}

variable "rules" {
  description = "Who hears of which objects, by name: the function (passed whole), the prefix and suffix of the keys, the events, and the prefix that the function may write under (null for none)."
  type = map(object({
    events = optional(list(string), ["s3:ObjectCreated:*"])
    function = object({
      alias_arn  = string
      alias_name = string
      arn        = string
      name       = string
      role_name  = string
    })
    prefix       = optional(string, "")
    suffix       = optional(string, "")
    write_prefix = optional(string)
  }))
  nullable = false

  validation {
    condition     = length(var.rules) <= 100
    error_message = "rules has ${length(var.rules)} entries, and a bucket takes 100: watch with fewer, or set eventbridge = true and tell apart there."
  }

  validation {
    condition     = length(var.rules) > 0 || var.eventbridge
    error_message = "rules has 0 entries and eventbridge is ${var.eventbridge}: nobody would hear of an upload; give a rule, or set eventbridge = true."
  }

  validation {
    condition     = alltrue([for name in keys(var.rules) : can(regex("^[A-Za-z0-9_-]{1,36}$", name))])
    error_message = "rules has names that make no statement id (${join(", ", [for name in keys(var.rules) : name if !can(regex("^[A-Za-z0-9_-]{1,36}$", name))])}): use letters, digits, hyphens and underscores, 36 at most."
  }

  validation {
    condition     = alltrue([for rule in var.rules : length(rule.events) > 0 && length(setsubtract(rule.events, local.event_types)) == 0])
    error_message = "rules has events that S3 does not know (${join(", ", [for name, rule in var.rules : "${name}: ${jsonencode(rule.events)}" if length(rule.events) == 0 || length(setsubtract(rule.events, local.event_types)) > 0])}): name them as s3:ObjectCreated:* or s3:ObjectCreated:Put."
  }

  validation {
    # What S3 takes as it is; others would have to be encoded, and * and ? are no wildcards there.
    condition     = alltrue([for rule in var.rules : alltrue([for text in compact([rule.prefix, rule.suffix, rule.write_prefix]) : can(regex("^[A-Za-z0-9!_.'()/-]+$", text))])])
    error_message = "rules has prefixes and suffixes that do not match as they stand (${join(", ", flatten([for name, rule in var.rules : [for text in compact([rule.prefix, rule.suffix, rule.write_prefix]) : "${name}: ${text}" if !can(regex("^[A-Za-z0-9!_.'()/-]+$", text))]]))}): use letters, digits and ! _ . ' ( ) / -; no wildcard is needed, \"orders/\" is all that begins so."
  }

  validation {
    condition     = alltrue([for rule in var.rules : alltrue([for text in compact([rule.prefix, rule.write_prefix]) : !startswith(text, "/")])])
    error_message = "rules has prefixes that begin with a slash (${join(", ", flatten([for name, rule in var.rules : [for text in compact([rule.prefix, rule.write_prefix]) : "${name}: ${text}" if startswith(text, "/")]]))}), and keys do not: leave it out."
  }

  validation {
    condition     = alltrue([for rule in var.rules : rule.write_prefix == null ? true : endswith(rule.write_prefix, "/")])
    error_message = "rules has a write_prefix that is no folder (${join(", ", [for name, rule in var.rules : "${name}: \"${rule.write_prefix}\"" if rule.write_prefix == null ? false : !endswith(rule.write_prefix, "/")])}): end it with a slash, or it also allows what only begins so."
  }
}

variable "tags" {
  description = "Tags of everything that the module makes."
  type        = map(string)
  default     = {}
  nullable    = false
}
