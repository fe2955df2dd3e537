variable "alarms" {
  description = "Alarms on the rules: ARNs that hear of them, how many events in the dead-letter queue, and how many that a rule gave up within five minutes are too many; null switches them off."
  type = object({
    actions   = optional(list(string), [])
    dlq_depth = optional(number, 1)
    failed    = optional(number, 1)
  })
  default  = {}
  nullable = true

  validation {
    condition     = var.alarms == null ? true : var.alarms.dlq_depth >= 1
    error_message = "alarms.dlq_depth is ${try(var.alarms.dlq_depth, "null")}: counts start at 1; leave alarms = null to have none."
  }

  validation {
    condition     = var.alarms == null ? true : var.alarms.failed >= 1
    error_message = "alarms.failed is ${try(var.alarms.failed, "null")}: counts start at 1; leave alarms = null to have none."
  }
}

variable "bus_name" {
  description = "Name of the event bus that the rules listen on."
  type        = string
  default     = "default"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{1,256}$", var.bus_name)) || can(regex("^aws\\.partner/[A-Za-z0-9_.\\-/]{1,244}$", var.bus_name))
    error_message = "bus_name is \"${var.bus_name}\": give the name of a bus (letters, digits, dots, hyphens and underscores, or a partner's aws.partner/…), not its ARN."
  }
}

variable "dlq" {
  description = "Dead-letter queue for events that EventBridge could not deliver, and the days it keeps them; null for none, so that they are lost."
  type = object({
    retention_days = optional(number, 14)
  })
  default  = {}
  nullable = true

  validation {
    condition     = var.dlq == null ? true : var.dlq.retention_days >= 1 && var.dlq.retention_days <= 14 && floor(var.dlq.retention_days) == var.dlq.retention_days
    error_message = "dlq.retention_days is ${try(var.dlq.retention_days, "null")}: SQS keeps messages for whole days from 1 to 14."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the dead-letter queue, and lets EventBridge use it; null takes the key that SQS owns."
  type        = string
  default     = null
}

variable "name" {
  description = "Beginning of the names of the rules, their role, queue and alarms; carry a prefix that is your own."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,57}$", var.name))
    error_message = "name is \"${var.name}\" of ${length(var.name)} characters: give 1 to 57 letters, digits, hyphens and underscores, since the role ${var.name}-events has 64 at the most."
  }
}

variable "permissions_boundary" {
  description = "ARN of the permissions boundary of the role that delivers to a queue or workflow."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null ? true : can(regex("^arn:[a-z-]+:iam::(\\d{12}|aws):policy/", var.permissions_boundary))
    error_message = "permissions_boundary is ${coalesce(var.permissions_boundary, "null")}: give the ARN of an IAM policy."
  }
}

variable "rules" {
  description = "Rules by name: the pattern that an event must match (JSON), how often and how many seconds long a failed delivery is tried again, and whether the rule listens."
  type = map(object({
    pattern = string
    # lint:ignore no-create-booleans a rule that rests is still there, and has its ARN
    enabled = optional(bool, true)
    max_age = optional(number, 3600)
    retries = optional(number, 10)
  }))
  nullable = false

  validation {
    condition     = length(var.rules) > 0
    error_message = "rules is empty: give one at least."
  }

  validation {
    condition     = alltrue([for name in keys(var.rules) : can(regex("^[A-Za-z0-9_-]+$", name)) && length("${var.name}-${name}") <= 64])
    error_message = "rules has names that AWS refuses (${join(", ", [for name in keys(var.rules) : "${var.name}-${name} of ${length("${var.name}-${name}")}" if !(can(regex("^[A-Za-z0-9_-]+$", name)) && length("${var.name}-${name}") <= 64)])}): name and rule together take 64 letters, digits, hyphens and underscores, since the permission of a function is named after them."
  }

  validation {
    condition     = alltrue([for rule in var.rules : can(keys(jsondecode(rule.pattern)))])
    error_message = "rules has patterns that are no JSON object (${join(", ", [for name, rule in var.rules : name if !can(keys(jsondecode(rule.pattern)))])}): write them with jsonencode({ source = [\"orders\"] })."
  }

  validation {
    condition     = alltrue([for rule in var.rules : length(keys(jsondecode(rule.pattern))) > 0 if can(keys(jsondecode(rule.pattern)))])
    error_message = "rules has patterns without a field (${join(", ", [for name, rule in var.rules : name if try(length(keys(jsondecode(rule.pattern))) == 0, false)])}), which EventBridge refuses: to match everything, write { version = [\"0\"] }."
  }

  validation {
    condition = alltrue(flatten([
      for rule in var.rules : [for field, value in jsondecode(rule.pattern) : !can(regex("", value)) && try(length(value) > 0, false)] if can(keys(jsondecode(rule.pattern)))
    ]))
    error_message = "rules has patterns whose fields are neither a list of values nor an object (${join(", ", flatten([
      for name, rule in var.rules : [for field, value in jsondecode(rule.pattern) : "${name}: ${field}" if can(regex("", value)) || !try(length(value) > 0, false)] if can(keys(jsondecode(rule.pattern)))
    ]))}): write { source = [\"orders\"] }, with brackets and something in them."
  }

  validation {
    condition     = alltrue([for rule in var.rules : length(rule.pattern) <= 4096])
    error_message = "rules has patterns of ${join(" and ", [for rule in var.rules : length(rule.pattern) if length(rule.pattern) > 4096])} characters, and EventBridge takes 4096: make several rules of it."
  }

  validation {
    condition     = alltrue([for rule in var.rules : rule.max_age >= 60 && rule.max_age <= 86400 && floor(rule.max_age) == rule.max_age])
    error_message = "rules has max_age of ${join(" and ", distinct([for rule in var.rules : rule.max_age if !(rule.max_age >= 60 && rule.max_age <= 86400 && floor(rule.max_age) == rule.max_age)]))} s: EventBridge tries for whole seconds from 60 to 86400."
  }

  validation {
    condition     = alltrue([for rule in var.rules : rule.retries >= 0 && rule.retries <= 185 && floor(rule.retries) == rule.retries])
    error_message = "rules has retries of ${join(" and ", distinct([for rule in var.rules : rule.retries if !(rule.retries >= 0 && rule.retries <= 185 && floor(rule.retries) == rule.retries)]))}: EventBridge tries again 0 to 185 times."
  }
}

variable "tags" {
  description = "Tags of everything that the module makes."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "target" {
  description = "What gets the events, passed whole and just one of: a function, a queue or a workflow."
  type = object({
    function = optional(object({
      alias_arn  = string
      alias_name = string
      arn        = string
    }))
    queue = optional(object({
      arn = string
      grants = optional(object({
        send = optional(object({
          also = optional(list(object({
            actions    = list(string)
            resources  = list(string)
            conditions = optional(map(map(list(string))), {})
          })), [])
        }), {})
      }), {})
    }))
    workflow = optional(object({
      arn = string
    }))
  })
  nullable = false

  validation {
    condition     = length([for kind, target in var.target : kind if target != null]) == 1
    error_message = "target has ${length([for kind, target in var.target : kind if target != null])} of function, queue and workflow: give just one."
  }
}
