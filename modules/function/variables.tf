variable "alarms" {
  description = "Alarms on the function: ARNs that hear of them, errors and throttles that are too many within five minutes, and the share of the timeout that the slowest percent may use; null switches them off."
  type = object({
    actions        = optional(list(string), [])
    duration_ratio = optional(number, 0.8)
    errors         = optional(number, 1)
    throttles      = optional(number, 1)
  })
  default  = {}
  nullable = true

  validation {
    condition     = var.alarms == null ? true : var.alarms.duration_ratio > 0 && var.alarms.duration_ratio <= 1
    error_message = "alarms.duration_ratio is ${try(var.alarms.duration_ratio, "null")}, a share of the timeout: give more than 0 and at most 1."
  }

  validation {
    condition     = var.alarms == null ? true : var.alarms.errors >= 1
    error_message = "alarms.errors is ${try(var.alarms.errors, "null")}: counts start at 1; leave alarms = null to have none."
  }

  validation {
    condition     = var.alarms == null ? true : var.alarms.throttles >= 1
    error_message = "alarms.throttles is ${try(var.alarms.throttles, "null")}: counts start at 1; leave alarms = null to have none."
  }
}

variable "concurrency" {
  description = "Concurrency: reserved (cap and guarantee of the whole function) and provisioned (environments kept warm on the alias live)."
  type = object({
    provisioned = optional(number)
    reserved    = optional(number)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for n in [var.concurrency.reserved, var.concurrency.provisioned] : n == null ? true : n >= 0 && floor(n) == n])
    error_message = "concurrency.reserved is ${coalesce(var.concurrency.reserved, "null")} and concurrency.provisioned ${coalesce(var.concurrency.provisioned, "null")}: give whole numbers from 0, or null."
  }

  validation {
    condition     = var.concurrency.provisioned == null || var.concurrency.reserved == null ? true : var.concurrency.provisioned <= var.concurrency.reserved
    error_message = "concurrency.provisioned is ${coalesce(var.concurrency.provisioned, "null")}, more than concurrency.reserved of ${coalesce(var.concurrency.reserved, "null")}: reserve at least as many as are kept warm."
  }
}

variable "description" {
  description = "What the function does, in at most 256 characters."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = length(var.description) <= 256
    error_message = "description has ${length(var.description)} characters, and Lambda takes 256: shorten it."
  }
}

variable "environment" {
  description = "Environment variables of the function; never a secret, since whoever may read the function reads them."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = floor(length(base64encode(jsonencode(var.environment))) * 3 / 4) <= 4096
    error_message = "environment takes ${floor(length(base64encode(jsonencode(var.environment))) * 3 / 4)} bytes as JSON, and Lambda takes 4096: move what is large to S3 or Parameter Store."
  }

  validation {
    condition     = alltrue([for name in keys(var.environment) : can(regex("^[A-Za-z][A-Za-z0-9_]+$", name))])
    error_message = "environment has names that Lambda refuses (${join(", ", [for name in keys(var.environment) : name if !can(regex("^[A-Za-z][A-Za-z0-9_]+$", name))])}): start with a letter, then letters, digits and underscores, two characters at least."
  }

  validation {
    condition     = length(setintersection(keys(var.environment), local.reserved_environment)) == 0
    error_message = "environment sets ${join(", ", setintersection(keys(var.environment), local.reserved_environment))}, which Lambda reserves for itself: choose other names."
  }
}

variable "grants" {
  description = "What the function may do, as values that other modules put out (grants = { orders = module.orders.grants.read }) or that you write."
  type = map(object({
    actions    = list(string)
    resources  = list(string)
    conditions = optional(map(map(list(string))), {})
    also = optional(list(object({
      actions    = list(string)
      resources  = list(string)
      conditions = optional(map(map(list(string))), {})
    })), [])
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.grants) : can(regex("^[a-z][a-z0-9_]{0,47}$", name))])
    error_message = "grants has names that make no statement id (${join(", ", [for name in keys(var.grants) : name if !can(regex("^[a-z][a-z0-9_]{0,47}$", name))])}): use snake_case of at most 48 characters."
  }

  validation {
    condition     = alltrue([for action in flatten([for grant in var.grants : concat(grant.actions, grant.also[*].actions...)]) : can(regex("^[a-z0-9-]+:[A-Za-z]+$", action))])
    error_message = "grants allows ${join(", ", [for action in flatten([for grant in var.grants : concat(grant.actions, grant.also[*].actions...)]) : action if !can(regex("^[a-z0-9-]+:[A-Za-z]+$", action))])}: name each action in full, as service:Action, without a wildcard."
  }

  validation {
    condition     = alltrue([for resource in flatten([for grant in var.grants : concat(grant.resources, grant.also[*].resources...)]) : startswith(resource, "arn:")])
    error_message = "grants reaches ${join(", ", [for resource in flatten([for grant in var.grants : concat(grant.resources, grant.also[*].resources...)]) : resource if !startswith(resource, "arn:")])}: name each resource by its ARN."
  }
}

variable "logs" {
  description = "Logs: days of retention, the least level that the function writes, and a KMS key to encrypt them with."
  type = object({
    kms_key_arn    = optional(string)
    level          = optional(string, "INFO")
    retention_days = optional(number, 30)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"], var.logs.level)
    error_message = "logs.level is ${var.logs.level}: Lambda knows TRACE, DEBUG, INFO, WARN, ERROR and FATAL."
  }

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.logs.retention_days)
    error_message = "logs.retention_days is ${var.logs.retention_days}: CloudWatch Logs takes 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "memory" {
  description = "Memory in MB; CPU comes in proportion, a whole one at 1769 MB."
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = var.memory >= 128 && var.memory <= 10240 && floor(var.memory) == var.memory
    error_message = "memory is ${var.memory} MB: Lambda takes whole numbers from 128 to 10240."
  }
}

variable "name" {
  description = "Name of the function, its role, its log group and its alarms; carry a prefix that is your own."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "name is \"${var.name}\" of ${length(var.name)} characters: Lambda takes 1 to 64 letters, digits, hyphens and underscores."
  }
}

variable "package" {
  description = "The finished zip that make package wrote, and how it runs; the architecture and runtime must be those that it was built for."
  type = object({
    zip          = string
    architecture = optional(string, "arm64")
    handler      = optional(string, "app.handler")
    runtime      = optional(string, "python3.13")
  })
  nullable = false

  validation {
    condition     = fileexists(var.package.zip)
    error_message = "package.zip is ${var.package.zip}, and there is no such file: run make package."
  }

  validation {
    condition     = contains(["arm64", "x86_64"], var.package.architecture)
    error_message = "package.architecture is ${var.package.architecture}: Lambda knows arm64 and x86_64."
  }

  validation {
    condition     = can(regex("^[A-Za-z_][A-Za-z0-9_./]*\\.[A-Za-z_][A-Za-z0-9_]*$", var.package.handler))
    error_message = "package.handler is \"${var.package.handler}\": give module.function, as app.handler."
  }
}

variable "permissions_boundary" {
  description = "ARN of the permissions boundary of the function's role."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null ? true : can(regex("^arn:[a-z-]+:iam::(\\d{12}|aws):policy/", var.permissions_boundary))
    error_message = "permissions_boundary is ${coalesce(var.permissions_boundary, "null")}: give the ARN of an IAM policy."
  }
}

variable "tags" {
  description = "Tags of everything that the module makes."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "timeout" {
  description = "Seconds after which Lambda ends an invocation."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.timeout >= 1 && var.timeout <= 900 && floor(var.timeout) == var.timeout
    error_message = "timeout is ${var.timeout} s: Lambda takes whole numbers from 1 to 900."
  }
}

variable "tracing" {
  description = "Whether X-Ray traces the requests it samples; needs no SDK in the function."
  type        = bool
  default     = true
  nullable    = false
}
