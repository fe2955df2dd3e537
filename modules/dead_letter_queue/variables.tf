variable "alarms" {
  description = "Alarm on the queue: ARNs that hear of it, and how many messages that wait are too many; null switches it off."
  type = object({
    actions = optional(list(string), [])
    depth   = optional(number, 1)
  })
  default  = {}
  nullable = true

  validation {
    condition     = var.alarms == null ? true : var.alarms.depth >= 1
    error_message = "alarms.depth is ${try(var.alarms.depth, "null")}: counts start at 1; leave alarms = null to have none."
  }
}

variable "fifo" {
  description = "Whether the queue is a FIFO queue, as the sources must be, or the topics whose undelivered messages come here; Lambda and EventBridge take a standard queue only."
  type        = bool
  default     = false
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts messages at rest, and lets the senders use it; null takes the key that SQS owns."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:\\d{12}:key/", var.kms_key_arn))
    error_message = "kms_key_arn is ${coalesce(var.kms_key_arn, "null")}: give the ARN of a KMS key, since a policy cannot name an alias."
  }
}

variable "name" {
  description = "Name of the queue without .fifo, which fifo = true appends; carry a prefix that is your own."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]+$", var.name))
    error_message = "name is \"${var.name}\": SQS takes letters, digits, hyphens and underscores; .fifo comes by itself with fifo = true."
  }

  validation {
    condition     = length("${var.name}${var.fifo ? ".fifo" : ""}") <= 80
    error_message = "name makes a queue name of ${length("${var.name}${var.fifo ? ".fifo" : ""}")} characters, and SQS takes 80: shorten it by ${length("${var.name}${var.fifo ? ".fifo" : ""}") - 80}."
  }
}

variable "retention_days" {
  description = "Days that a message is kept until SQS drops it; one that another queue redrives here brings its age along."
  type        = number
  default     = 14
  nullable    = false

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 14 && floor(var.retention_days) == var.retention_days
    error_message = "retention_days is ${var.retention_days}: SQS keeps messages for whole days from 1 to 14."
  }
}

variable "senders" {
  description = "Services of AWS that may send by the queue's own policy: per name the service, the ARNs that it sends for (source_arns), and, where those are of another account, its id (source_account). Identities of this account, as the role of a function, need none: give them grants.send."
  type = map(object({
    service        = string
    source_arns    = list(string)
    source_account = optional(string)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.senders) : can(regex("^[a-z][a-z0-9_]{0,47}$", name))])
    error_message = "senders has names that make no statement id (${join(", ", [for name in keys(var.senders) : name if !can(regex("^[a-z][a-z0-9_]{0,47}$", name))])}): use snake_case of at most 48 characters."
  }

  validation {
    condition     = alltrue([for sender in var.senders : can(regex("^[a-z0-9.-]+\\.amazonaws\\.com$", sender.service))])
    error_message = "senders has services ${join(", ", [for sender in var.senders : sender.service])}: give the name of a service principal, as sns.amazonaws.com."
  }

  validation {
    condition     = alltrue([for sender in var.senders : length(sender.source_arns) > 0])
    error_message = "senders names no source_arns for ${join(", ", [for name, sender in var.senders : name if length(sender.source_arns) == 0])}: a service sends for everybody's resources, so say for which ones it may."
  }

  validation {
    condition     = alltrue(flatten([for sender in var.senders : [for arn in sender.source_arns : can(regex("^arn:[a-z-]+:[a-z0-9-]+:", arn))]]))
    error_message = "senders has source_arns ${join(", ", flatten([for sender in var.senders : [for arn in sender.source_arns : arn if !can(regex("^arn:[a-z-]+:[a-z0-9-]+:", arn))]]))}: give the ARNs of what the service sends for, as arn:aws:sns:eu-west-1:123456789012:orders."
  }

  validation {
    condition     = alltrue([for sender in var.senders : sender.source_account == null ? true : can(regex("^\\d{12}$", sender.source_account))])
    error_message = "senders has source_account ${join(", ", [for sender in var.senders : sender.source_account if sender.source_account != null])}: an account id has twelve digits."
  }
}

variable "sources" {
  description = "ARNs of the SQS queues that may name this one as their dead-letter queue (redrive_policy); without one no queue may."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.sources) <= 10
    error_message = "sources has ${length(var.sources)} queues, and SQS takes 10: give the others a dead-letter queue of their own."
  }

  validation {
    condition     = alltrue([for arn in var.sources : can(regex("^arn:[a-z-]+:sqs:[a-z0-9-]+:\\d{12}:[^:]+$", arn))])
    error_message = "sources has ${join(", ", [for arn in var.sources : arn if !can(regex("^arn:[a-z-]+:sqs:[a-z0-9-]+:\\d{12}:[^:]+$", arn))])}: give ARNs of SQS queues; services go into senders."
  }

  validation {
    condition     = alltrue([for arn in var.sources : endswith(arn, ".fifo") == var.fifo])
    error_message = "sources has ${join(", ", [for arn in var.sources : arn if endswith(arn, ".fifo") != var.fifo])} while fifo is ${var.fifo}: SQS moves messages from FIFO to FIFO and from standard to standard; make them alike."
  }
}

variable "tags" {
  description = "Tags of everything that the module makes."
  type        = map(string)
  default     = {}
  nullable    = false
}
