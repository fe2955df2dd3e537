variable "alarms" {
  description = "Alarms on the queue: ARNs that hear of them, the age of the oldest message in seconds that is too much (null: 900, or twice the visibility timeout where that is more), and how many messages in the dead-letter queue are too many; null switches them off."
  type = object({
    actions     = optional(list(string), [])
    age_seconds = optional(number)
    dlq_depth   = optional(number, 1)
  })
  default  = {}
  nullable = true

  validation {
    condition     = try(var.alarms.age_seconds, null) == null ? true : var.alarms.age_seconds >= 1 && var.alarms.age_seconds < var.retention_days * local.day
    error_message = "alarms.age_seconds is ${try(coalesce(var.alarms.age_seconds), "null")} while a message is kept for ${var.retention_days * local.day} s: give 1 or more, and less than that."
  }

  validation {
    condition     = var.alarms == null ? true : var.alarms.dlq_depth >= 1
    error_message = "alarms.dlq_depth is ${try(var.alarms.dlq_depth, "null")}: counts start at 1; leave alarms = null to have none."
  }
}

variable "batch" {
  description = "What the function gets at once: size in messages, window_seconds to wait until that many are there, and max_concurrency, how many batches may run at a time (null: as many as the account has left)."
  type = object({
    max_concurrency = optional(number)
    size            = optional(number, 10)
    window_seconds  = optional(number, 0)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.batch.size >= 1 && var.batch.size <= 10000 && floor(var.batch.size) == var.batch.size
    error_message = "batch.size is ${var.batch.size}: Lambda takes whole numbers from 1 to 10000."
  }

  validation {
    condition     = var.batch.window_seconds >= 0 && var.batch.window_seconds <= 300 && floor(var.batch.window_seconds) == var.batch.window_seconds
    error_message = "batch.window_seconds is ${var.batch.window_seconds}: Lambda takes whole numbers from 0 to 300."
  }

  validation {
    condition     = var.fifo || var.batch.size <= 10 || var.batch.window_seconds >= 1
    error_message = "batch.size is ${var.batch.size} with batch.window_seconds ${var.batch.window_seconds}: more than 10 messages take a window of 1 second at least."
  }

  validation {
    condition     = var.fifo ? var.batch.size <= 10 : true
    error_message = "batch.size is ${var.batch.size} while fifo is ${var.fifo}: a FIFO queue gives 10 messages at most; lower it to 10."
  }

  validation {
    condition     = var.fifo ? var.batch.window_seconds == 0 : true
    error_message = "batch.window_seconds is ${var.batch.window_seconds} while fifo is ${var.fifo}: a FIFO queue has no window; leave it at 0."
  }

  validation {
    condition     = var.batch.max_concurrency == null ? true : var.batch.max_concurrency >= 2 && var.batch.max_concurrency <= 1000 && floor(var.batch.max_concurrency) == var.batch.max_concurrency
    error_message = "batch.max_concurrency is ${coalesce(var.batch.max_concurrency, "null")}: Lambda takes whole numbers from 2 to 1000; for one at a time take a FIFO queue with one message group."
  }
}

variable "fifo" {
  description = "Whether messages of one group keep their order and come once; topics it subscribes to must be alike."
  type        = bool
  default     = false
  nullable    = false
}

variable "filter" {
  description = "Event filter patterns as JSON, of which a message must match one to reach the function; SQS deletes the others unseen."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.filter) <= 5
    error_message = "filter has ${length(var.filter)} patterns, and a mapping takes 5: join some with \"$or\"."
  }

  validation {
    condition     = alltrue([for pattern in var.filter : can(keys(jsondecode(pattern)))])
    error_message = "filter holds ${join(", ", [for pattern in var.filter : pattern if !can(keys(jsondecode(pattern)))])}: write each pattern as a JSON object, as jsonencode({ body = { status = [\"PAID\"] } })."
  }

  validation {
    condition     = alltrue([for pattern in var.filter : length(pattern) <= 4096])
    error_message = "filter has a pattern of ${try(max([for pattern in var.filter : length(pattern)]...), 0)} characters, and Lambda takes 4096: shorten it."
  }
}

variable "function" {
  description = "The function that consumes the queue, passed whole: function = module.billing."
  type = object({
    alias_arn = string
    role_name = string
    timeout   = number
  })
  nullable = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts messages at rest; null takes the key that SQS owns."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:\\d{12}:key/", var.kms_key_arn))
    error_message = "kms_key_arn is ${coalesce(var.kms_key_arn, "null")}: give the ARN of a KMS key, since a policy cannot name an alias."
  }
}

variable "name" {
  description = "Name of the queue without .fifo, which fifo = true appends; its dead-letter queue has -dlq at the end. Carry a prefix that is your own."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]+$", var.name))
    error_message = "name is \"${var.name}\": SQS takes letters, digits, hyphens and underscores; .fifo comes by itself with fifo = true."
  }

  validation {
    condition     = length("${var.name}-dlq${local.suffix}") <= 80
    error_message = "name makes a dead-letter queue ${var.name}-dlq${local.suffix} of ${length("${var.name}-dlq${local.suffix}")} characters, and SQS takes 80: shorten it by ${length("${var.name}-dlq${local.suffix}") - 80}."
  }
}

variable "producers" {
  description = "Who may send by the queue's own policy: per name exactly one of account (id), role (ARN) and service, a service with the ARN that it sends for (source_arn) and, where that is of another account, its id (source_account). Identities of this account need none: give them grants.send."
  type = map(object({
    account        = optional(string)
    role           = optional(string)
    service        = optional(string)
    source_account = optional(string)
    source_arn     = optional(string)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for producer in var.producers : length([for who in [producer.account, producer.role, producer.service] : who if who != null]) == 1])
    error_message = "producers names more or less than one principal for ${join(", ", [for name, producer in var.producers : name if length([for who in [producer.account, producer.role, producer.service] : who if who != null]) != 1])}: give exactly one of account, role and service."
  }

  validation {
    condition     = alltrue([for name in keys(var.producers) : can(regex("^[a-z][a-z0-9_]{0,47}$", name))])
    error_message = "producers has names that make no statement id (${join(", ", [for name in keys(var.producers) : name if !can(regex("^[a-z][a-z0-9_]{0,47}$", name))])}): use snake_case of at most 48 characters."
  }

  validation {
    condition     = alltrue([for producer in var.producers : producer.account == null ? true : can(regex("^\\d{12}$", producer.account))])
    error_message = "producers has accounts ${join(", ", [for producer in var.producers : producer.account if producer.account != null])}: an account id has twelve digits."
  }

  validation {
    condition     = alltrue([for producer in var.producers : producer.role == null ? true : can(regex("^arn:[a-z-]+:iam::\\d{12}:role/", producer.role))])
    error_message = "producers has roles ${join(", ", [for producer in var.producers : producer.role if producer.role != null])}: give ARNs of IAM roles."
  }

  validation {
    condition     = alltrue([for producer in var.producers : producer.service == null ? true : can(regex("^[a-z0-9.-]+\\.amazonaws\\.com$", producer.service))])
    error_message = "producers has services ${join(", ", [for producer in var.producers : producer.service if producer.service != null])}: give the name of a service principal, as s3.amazonaws.com."
  }

  validation {
    condition     = alltrue([for producer in var.producers : (producer.service == null) == (producer.source_arn == null)])
    error_message = "producers names a service without source_arn, or source_arn without a service, in ${join(", ", [for name, producer in var.producers : name if(producer.service == null) != (producer.source_arn == null)])}: a service sends for everybody's resources, so say for which one it may, and only a service does."
  }

  validation {
    condition     = alltrue([for producer in var.producers : producer.source_account == null ? true : can(regex("^\\d{12}$", producer.source_account)) && producer.source_arn != null])
    error_message = "producers has source_account ${join(", ", [for producer in var.producers : producer.source_account if producer.source_account != null])}: an account id has twelve digits, and stands beside a source_arn."
  }

  validation {
    condition     = var.fifo ? alltrue([for producer in var.producers : coalesce(producer.service, "-") != "s3.amazonaws.com"]) : true
    error_message = "producers lets s3.amazonaws.com send while fifo is ${var.fifo}: S3 knows no FIFO queue; take a standard one."
  }
}

variable "retention_days" {
  description = "Days that a message waits in the queue before SQS drops it; the dead-letter queue keeps messages until 14 days after they were sent."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = var.retention_days >= 1 && var.retention_days < 14 && floor(var.retention_days) == var.retention_days
    error_message = "retention_days is ${var.retention_days} while the dead-letter queue keeps 14, counted from when a message was sent: give whole numbers from 1 to 13, so that some are left."
  }
}

variable "retries" {
  description = "How often a message is tried before it goes to the dead-letter queue."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.retries >= 2 && var.retries <= 1000 && floor(var.retries) == var.retries
    error_message = "retries is ${var.retries}: SQS takes whole numbers up to 1000, and with fewer than 2 one throttled batch or deployment puts good messages into the dead-letter queue."
  }

  validation {
    condition     = var.retries * local.visibility_timeout < var.retention_days * local.day
    error_message = "retries is ${var.retries}, one each ${local.visibility_timeout} s (the visibility timeout), ${var.retries * local.visibility_timeout} s in all, while a message is dropped after ${var.retention_days * local.day} s: it would never reach the dead-letter queue. Lower retries or visibility_timeout, or raise retention_days."
  }
}

variable "subscriptions" {
  description = "Topics whose messages come into the queue: per name the topic, passed whole (topic = module.order_events), a filter policy as JSON (null: every message), its scope (MessageAttributes or MessageBody), and raw, whether the body is the message itself rather than SNS's envelope around it."
  type = map(object({
    filter = optional(string)
    raw    = optional(bool, false)
    scope  = optional(string, "MessageAttributes")
    topic = object({
      arn  = string
      fifo = bool
    })
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for subscription in var.subscriptions : subscription.topic.fifo == var.fifo])
    error_message = "subscriptions takes topics unlike the queue, whose fifo is ${var.fifo} (${join(", ", [for name, subscription in var.subscriptions : "${name}: ${subscription.topic.fifo}" if subscription.topic.fifo != var.fifo])}): SNS delivers from FIFO to FIFO and from standard to standard, the dead-letter queue included; make them alike."
  }

  validation {
    condition     = alltrue([for name in keys(var.subscriptions) : can(regex("^[a-z][a-z0-9_]{0,47}$", name))])
    error_message = "subscriptions has names that make no statement id (${join(", ", [for name in keys(var.subscriptions) : name if !can(regex("^[a-z][a-z0-9_]{0,47}$", name))])}): use snake_case of at most 48 characters."
  }

  validation {
    condition     = length(distinct([for subscription in var.subscriptions : subscription.topic.arn])) == length(var.subscriptions)
    error_message = "subscriptions has ${length(var.subscriptions)} entries on ${length(distinct([for subscription in var.subscriptions : subscription.topic.arn]))} topics: SNS knows one subscription of a queue to a topic; join their filters."
  }

  validation {
    condition     = alltrue([for subscription in var.subscriptions : contains(["MessageAttributes", "MessageBody"], subscription.scope)])
    error_message = "subscriptions has scopes ${join(", ", distinct([for subscription in var.subscriptions : subscription.scope]))}: SNS knows MessageAttributes and MessageBody."
  }

  validation {
    condition     = alltrue([for subscription in var.subscriptions : subscription.scope == "MessageBody" ? subscription.filter != null : true])
    error_message = "subscriptions has scope MessageBody without a filter in ${join(", ", [for name, subscription in var.subscriptions : name if subscription.scope == "MessageBody" && subscription.filter == null])}: give a filter, or leave the scope out."
  }

  validation {
    condition     = alltrue([for subscription in var.subscriptions : subscription.filter == null ? true : can(keys(jsondecode(subscription.filter)))])
    error_message = "subscriptions has filters that are no JSON objects in ${join(", ", [for name, subscription in var.subscriptions : name if subscription.filter == null ? false : !can(keys(jsondecode(subscription.filter)))])}: write them as jsonencode({ status = [\"PAID\"] })."
  }

  validation {
    condition     = alltrue([for subscription in var.subscriptions : length(try(keys(jsondecode(subscription.filter)), [])) <= 5])
    error_message = "subscriptions has filters on ${join(", ", [for name, subscription in var.subscriptions : "${length(try(keys(jsondecode(subscription.filter)), []))} keys in ${name}"])}, and a filter policy takes 5: drop some."
  }

  validation {
    condition     = alltrue(flatten([for subscription in var.subscriptions : [for key, values in try(jsondecode(subscription.filter), {}) : subscription.scope == "MessageBody" || startswith(jsonencode(values), "[")]]))
    error_message = "subscriptions filters attributes by what is no list (${join(", ", flatten([for name, subscription in var.subscriptions : [for key, values in try(jsondecode(subscription.filter), {}) : "${name}: ${key} = ${jsonencode(values)}" if !startswith(jsonencode(values), "[")]]))}): give a list of what is let through, as status = [\"PAID\"]."
  }
}

variable "tags" {
  description = "Tags of everything that the module makes."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "visibility_timeout" {
  description = "Seconds that a message is hidden from others while the function works on it, and until it is tried again; null takes six times the function's timeout, and the window on top."
  type        = number
  default     = null

  validation {
    condition     = var.visibility_timeout == null ? true : var.visibility_timeout >= local.least_visibility_timeout
    error_message = "visibility_timeout is ${coalesce(var.visibility_timeout, "null")} s, less than ${local.least_visibility_timeout} s, which is 6 times the function's timeout of ${var.function.timeout} s and the window of ${var.batch.window_seconds} s: messages would be worked on twice. Raise it, lower the timeout, or leave it out."
  }

  validation {
    condition     = var.visibility_timeout == null ? true : var.visibility_timeout <= 43200 && floor(var.visibility_timeout) == var.visibility_timeout
    error_message = "visibility_timeout is ${coalesce(var.visibility_timeout, "null")} s: SQS takes whole numbers up to 43200."
  }
}
