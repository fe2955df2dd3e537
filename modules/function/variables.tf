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

variable "async" {
  description = "Asynchronous invocations: seconds that an event may wait, retries after an error, and ARNs of the queue, topic, function, event bus or (failures only) bucket that hears how they ended; null leaves Lambda's defaults."
  type = object({
    max_age        = optional(number, 21600)
    on_failure_arn = optional(string)
    on_success_arn = optional(string)
    retries        = optional(number, 2)
  })
  default = null

  validation {
    condition     = var.async == null ? true : var.async.max_age >= 60 && var.async.max_age <= 21600 && floor(var.async.max_age) == var.async.max_age
    error_message = "async.max_age is ${try(var.async.max_age, "null")} s: Lambda takes whole numbers from 60 to 21600."
  }

  validation {
    condition     = try(var.async.on_failure_arn, null) == null ? true : can(regex("^arn:[a-z-]+:(events|lambda|s3|sns|sqs):", var.async.on_failure_arn))
    error_message = "async.on_failure_arn is ${coalesce(try(var.async.on_failure_arn, null), "null")}: give the ARN of an SQS queue, SNS topic, function, event bus or S3 bucket."
  }

  validation {
    condition     = try(var.async.on_success_arn, null) == null ? true : can(regex("^arn:[a-z-]+:(events|lambda|sns|sqs):", var.async.on_success_arn))
    error_message = "async.on_success_arn is ${coalesce(try(var.async.on_success_arn, null), "null")}: give the ARN of an SQS queue, SNS topic, function or event bus."
  }

  validation {
    condition     = alltrue([for arn in compact([try(var.async.on_failure_arn, null), try(var.async.on_success_arn, null)]) : !endswith(arn, ".fifo")])
    error_message = "async sends to ${join(", ", [for arn in compact([try(var.async.on_failure_arn, null), try(var.async.on_success_arn, null)]) : arn if endswith(arn, ".fifo")])}: Lambda delivers to standard queues and topics only, and would lose every record."
  }

  validation {
    condition     = var.async == null ? true : contains([0, 1, 2], var.async.retries)
    error_message = "async.retries is ${try(var.async.retries, "null")}: Lambda takes 0, 1 and 2."
  }
}

variable "canary" {
  description = "Gradual deployment: number of the previous version, and the share of the requests (0 to 1) that it keeps on the alias live; null gives the new version all of them."
  type = object({
    version = string
    weight  = number
  })
  default = null

  validation {
    condition     = var.canary == null ? true : can(regex("^[1-9][0-9]*$", var.canary.version))
    error_message = "canary.version is \"${try(var.canary.version, "null")}\": give the number of a published version, as the output version told before this deployment."
  }

  validation {
    condition     = var.canary == null ? true : var.canary.weight >= 0 && var.canary.weight <= 1
    error_message = "canary.weight is ${try(var.canary.weight, "null")}, the previous version's share of the requests: give 0 to 1."
  }

  validation {
    condition     = var.canary == null || local.warm == 0
    error_message = "canary gives version ${try(var.canary.version, "null")} a share of the alias while concurrency keeps ${local.warm} environments of it warm: Lambda refuses weights beside provisioned concurrency; leave one out."
  }
}

variable "code_signing_config_arn" {
  description = "ARN of the code signing configuration that a zip must satisfy before Lambda takes it; null lets Lambda take any zip."
  type        = string
  default     = null

  validation {
    condition     = var.code_signing_config_arn == null ? true : can(regex("^arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:code-signing-config:csc-[a-z0-9]{17}$", var.code_signing_config_arn))
    error_message = "code_signing_config_arn is ${coalesce(var.code_signing_config_arn, "null")}: give the ARN of a configuration of Lambda, arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc-0f542073de9c3d6bb, and not that of a profile of Signer."
  }

  validation {
    condition     = var.code_signing_config_arn == null || var.image == null
    error_message = "code_signing_config_arn is ${coalesce(var.code_signing_config_arn, "null")} while image is ${try(var.image.uri, "null")}: Lambda checks the signatures of zips only; sign the image in ECR, or leave one out."
  }
}

variable "concurrency" {
  description = "Concurrency: reserved (cap and guarantee of the whole function; 0 stops it) and environments kept warm on the alias live, either provisioned (a fixed number) or autoscale (between min and max, so many that the share utilization of them is busy)."
  type = object({
    autoscale = optional(object({
      max         = number
      min         = optional(number, 1)
      utilization = optional(number, 0.7)
    }))
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

  validation {
    condition     = var.concurrency.autoscale == null || coalesce(var.concurrency.provisioned, 0) == 0
    error_message = "concurrency.provisioned is ${coalesce(var.concurrency.provisioned, "null")} beside concurrency.autoscale of ${try(var.concurrency.autoscale.min, "null")} to ${try(var.concurrency.autoscale.max, "null")}: one of them sets the number; leave the other out."
  }

  validation {
    condition     = var.concurrency.autoscale == null ? true : alltrue([for n in [var.concurrency.autoscale.min, var.concurrency.autoscale.max] : n >= 1 && floor(n) == n])
    error_message = "concurrency.autoscale goes from ${try(var.concurrency.autoscale.min, "null")} to ${try(var.concurrency.autoscale.max, "null")}: give whole numbers from 1."
  }

  validation {
    condition     = var.concurrency.autoscale == null ? true : var.concurrency.autoscale.min <= var.concurrency.autoscale.max
    error_message = "concurrency.autoscale.min is ${try(var.concurrency.autoscale.min, "null")}, more than its max of ${try(var.concurrency.autoscale.max, "null")}: lower min or raise max."
  }

  validation {
    condition     = var.concurrency.autoscale == null || var.concurrency.reserved == null ? true : var.concurrency.autoscale.max <= var.concurrency.reserved
    error_message = "concurrency.autoscale.max is ${try(var.concurrency.autoscale.max, "null")}, more than concurrency.reserved of ${coalesce(var.concurrency.reserved, "null")}: reserve at least as many as are kept warm."
  }

  validation {
    condition     = var.concurrency.autoscale == null ? true : var.concurrency.autoscale.utilization >= 0.1 && var.concurrency.autoscale.utilization <= 0.9
    error_message = "concurrency.autoscale.utilization is ${try(var.concurrency.autoscale.utilization, "null")}, the share of warm environments that is busy: AWS takes 0.1 to 0.9."
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
    condition     = alltrue([for name in keys(var.environment) : can(regex(local.patterns.environment, name))])
    error_message = "environment has names that Lambda refuses (${join(", ", [for name in keys(var.environment) : name if !can(regex(local.patterns.environment, name))])}): start with a letter, then letters, digits and underscores, two characters at least."
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
    condition     = alltrue([for name in keys(var.grants) : can(regex(local.patterns.grant, name))])
    error_message = "grants has names that make no statement id (${join(", ", [for name in keys(var.grants) : name if !can(regex(local.patterns.grant, name))])}): use snake_case of at most 48 characters."
  }

  validation {
    condition     = alltrue([for action in flatten([for grant in var.grants : concat(grant.actions, grant.also[*].actions...)]) : can(regex(local.patterns.action, action))])
    error_message = "grants allows ${join(", ", [for action in flatten([for grant in var.grants : concat(grant.actions, grant.also[*].actions...)]) : action if !can(regex(local.patterns.action, action))])}: name each action in full, as service:Action, without a wildcard."
  }

  validation {
    condition     = alltrue([for resource in flatten([for grant in var.grants : concat(grant.resources, grant.also[*].resources...)]) : startswith(resource, "arn:")])
    error_message = "grants reaches ${join(", ", [for resource in flatten([for grant in var.grants : concat(grant.resources, grant.also[*].resources...)]) : resource if !startswith(resource, "arn:")])}: name each resource by its ARN."
  }
}

variable "image" {
  description = "A container image in place of a zip: its URI in an ECR repository of this region, with a digest or a tag of its own, the architecture that it was built for, and a command that overrides its own."
  type = object({
    uri          = string
    architecture = optional(string, "arm64")
    command      = optional(list(string), [])
  })
  default = null

  validation {
    condition     = var.image == null ? true : contains(["arm64", "x86_64"], var.image.architecture)
    error_message = "image.architecture is ${try(var.image.architecture, "null")}: Lambda knows arm64 and x86_64."
  }

  validation {
    condition     = var.image == null ? true : can(regex("^\\d{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com(\\.cn)?/[a-z0-9][a-z0-9._/-]*(:[A-Za-z0-9_][A-Za-z0-9._-]*|@sha256:[0-9a-f]{64})$", var.image.uri))
    error_message = "image.uri is ${try(var.image.uri, "null")}: give a private ECR repository with @sha256: and a digest, or with a tag."
  }

  validation {
    condition     = var.image == null ? true : !endswith(var.image.uri, ":latest")
    error_message = "image.uri is ${try(var.image.uri, "null")}: latest moves, and no plan would show a new image; name its digest, or a tag of its own."
  }
}

variable "layers" {
  description = "ARNs of layer versions, in the order in which they are laid over each other."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.layers) <= 5
    error_message = "layers has ${length(var.layers)} entries, and a function takes 5: put some into the package."
  }

  validation {
    condition     = alltrue([for arn in var.layers : can(regex(local.patterns.layer, arn))])
    error_message = "layers has ${join(", ", [for arn in var.layers : arn if !can(regex(local.patterns.layer, arn))])}: give ARNs of layer versions, with the number at the end."
  }

  validation {
    condition     = var.image == null || length(var.layers) == 0
    error_message = "layers has ${length(var.layers)} entries while image is ${try(var.image.uri, "null")}: Lambda lays nothing over an image; build them into it."
  }
}

variable "live_version" {
  description = "Number of the published version that the alias live stays at whatever is deployed, as after a rollback; null lets it follow each deployment."
  type        = string
  default     = null

  validation {
    condition     = var.live_version == null ? true : can(regex("^[1-9][0-9]*$", var.live_version))
    error_message = "live_version is \"${coalesce(var.live_version, "null")}\": give the number of a published version, as make rollback prints it."
  }

  validation {
    condition     = var.live_version == null || var.canary == null
    error_message = "live_version is ${coalesce(var.live_version, "null")} beside a canary of ${try(var.canary.version, "null")}: one keeps the alias where it is, the other moves it; leave one out."
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
  description = "The finished zip that make package wrote, and how it runs; the architecture and runtime must be those that it was built for. Exactly one of package and image is given."
  type = object({
    zip          = string
    architecture = optional(string, "arm64")
    handler      = optional(string, "app.handler")
    runtime      = optional(string, "python3.13")
  })
  default = null

  validation {
    condition     = (var.package == null) != (var.image == null)
    error_message = "package is ${try(var.package.zip, "null")} and image is ${try(var.image.uri, "null")}: a function runs exactly one of them; give package = { zip = ... } or image = { uri = ... }."
  }

  validation {
    condition     = var.package == null ? true : fileexists(var.package.zip)
    error_message = "package.zip is ${try(var.package.zip, "null")}, and there is no such file: run make package."
  }

  validation {
    condition     = var.package == null ? true : contains(["arm64", "x86_64"], var.package.architecture)
    error_message = "package.architecture is ${try(var.package.architecture, "null")}: Lambda knows arm64 and x86_64."
  }

  validation {
    condition     = var.package == null ? true : can(regex("^[A-Za-z_][A-Za-z0-9_./]*\\.[A-Za-z_][A-Za-z0-9_]*$", var.package.handler))
    error_message = "package.handler is \"${try(var.package.handler, "null")}\": give module.function, as app.handler."
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

variable "snap_start" {
  description = "Whether Lambda starts new environments from a snapshot of the initialised function, taken when a version is published."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.snap_start || local.warm == 0
    error_message = "snap_start is ${var.snap_start} while concurrency keeps ${local.warm} environments warm: Lambda takes one of them; leave the other out."
  }

  validation {
    condition     = !var.snap_start || var.image == null
    error_message = "snap_start is ${var.snap_start} while image is ${try(var.image.uri, "null")}: Lambda takes no snapshot of an image; give a zip."
  }

  validation {
    condition     = var.snap_start && var.package != null ? can(regex("^python3\\.(1[2-9]|[2-9][0-9])$", var.package.runtime)) : true
    error_message = "snap_start is ${var.snap_start} while package.runtime is ${try(var.package.runtime, "null")}: Lambda takes snapshots of Python from python3.12 on."
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

variable "vpc" {
  description = "Subnets and security groups that the function reaches private resources through, and whether IPv6 leaves dual-stack subnets; null leaves the function outside of any VPC."
  type = object({
    ipv6               = optional(bool, false)
    security_group_ids = list(string)
    subnet_ids         = list(string)
  })
  default = null

  validation {
    condition     = var.vpc == null ? true : length(var.vpc.subnet_ids) >= 1 && length(var.vpc.subnet_ids) <= 16
    error_message = "vpc.subnet_ids has ${try(length(var.vpc.subnet_ids), "null")} entries, and Lambda takes 1 to 16: name private subnets, in two zones or more."
  }

  validation {
    condition     = var.vpc == null ? true : length(var.vpc.security_group_ids) >= 1 && length(var.vpc.security_group_ids) <= 5
    error_message = "vpc.security_group_ids has ${try(length(var.vpc.security_group_ids), "null")} entries, and Lambda takes 1 to 5: name the groups that say what the function may reach."
  }

  validation {
    condition     = var.vpc == null ? true : alltrue([for id in var.vpc.subnet_ids : can(regex("^subnet-[0-9a-f]+$", id))])
    error_message = "vpc.subnet_ids is ${try(join(", ", var.vpc.subnet_ids), "null")}: give ids as subnet-0a1b2c3d."
  }

  validation {
    condition     = var.vpc == null ? true : alltrue([for id in var.vpc.security_group_ids : can(regex("^sg-[0-9a-f]+$", id))])
    error_message = "vpc.security_group_ids is ${try(join(", ", var.vpc.security_group_ids), "null")}: give ids as sg-0a1b2c3d."
  }
}
