variable "alarms" {
  description = "Alarms on the topic: ARNs that hear of them, and how many messages within five minutes that were not delivered, not filtered as meant or lost are too many; null switches them off."
  type = object({
    actions  = optional(list(string), [])
    failures = optional(number, 1)
  })
  default  = {}
  nullable = true

  validation {
    condition     = var.alarms == null ? true : var.alarms.failures >= 1
    error_message = "alarms.failures is ${try(var.alarms.failures, "null")}: counts start at 1; leave alarms = null to have none."
  }
}

variable "fifo" {
  description = "Whether messages of one group keep their order and come once; then all subscribers are FIFO queues."
  type        = bool
  default     = false
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts messages at rest; null leaves them to the disk encryption that SNS always has."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:\\d{12}:key/", var.kms_key_arn))
    error_message = "kms_key_arn is ${coalesce(var.kms_key_arn, "null")}: give the ARN of a KMS key, since a policy cannot name an alias."
  }
}

variable "name" {
  description = "Name of the topic without .fifo, which fifo = true appends; carry a prefix that is your own."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]+$", var.name))
    error_message = "name is \"${var.name}\": SNS takes letters, digits, hyphens and underscores; .fifo comes by itself with fifo = true."
  }

  validation {
    condition     = length("${var.name}${var.fifo ? ".fifo" : ""}") <= 256
    error_message = "name makes a topic name of ${length("${var.name}${var.fifo ? ".fifo" : ""}")} characters, and SNS takes 256: shorten it."
  }
}

variable "publishers" {
  description = "Who may publish by the topic's own policy: per name exactly one of account (id), role (ARN) and service, a service with the ARN that it publishes for (source_arn) and, where that is of another account, its id (source_account). Identities of this account need none: give them grants.publish."
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
    condition     = alltrue([for publisher in var.publishers : length([for who in [publisher.account, publisher.role, publisher.service] : who if who != null]) == 1])
    error_message = "publishers names more or less than one principal for ${join(", ", [for name, publisher in var.publishers : name if length([for who in [publisher.account, publisher.role, publisher.service] : who if who != null]) != 1])}: give exactly one of account, role and service."
  }

  validation {
    condition     = alltrue([for name in keys(var.publishers) : can(regex("^[a-z][a-z0-9_]{0,47}$", name))])
    error_message = "publishers has names that make no statement id (${join(", ", [for name in keys(var.publishers) : name if !can(regex("^[a-z][a-z0-9_]{0,47}$", name))])}): use snake_case of at most 48 characters."
  }

  validation {
    condition     = alltrue([for publisher in var.publishers : publisher.account == null ? true : can(regex("^\\d{12}$", publisher.account))])
    error_message = "publishers has accounts ${join(", ", [for publisher in var.publishers : publisher.account if publisher.account != null])}: an account id has twelve digits."
  }

  validation {
    condition     = alltrue([for publisher in var.publishers : publisher.role == null ? true : can(regex("^arn:[a-z-]+:iam::\\d{12}:role/", publisher.role))])
    error_message = "publishers has roles ${join(", ", [for publisher in var.publishers : publisher.role if publisher.role != null])}: give ARNs of IAM roles."
  }

  validation {
    condition     = alltrue([for publisher in var.publishers : publisher.service == null ? true : can(regex("^[a-z0-9.-]+\\.amazonaws\\.com$", publisher.service))])
    error_message = "publishers has services ${join(", ", [for publisher in var.publishers : publisher.service if publisher.service != null])}: give the name of a service principal, as s3.amazonaws.com."
  }

  validation {
    condition     = alltrue([for publisher in var.publishers : (publisher.service == null) == (publisher.source_arn == null)])
    error_message = "publishers names a service without source_arn, or source_arn without a service, in ${join(", ", [for name, publisher in var.publishers : name if(publisher.service == null) != (publisher.source_arn == null)])}: a service publishes for everybody's resources, so say for which one it may, and only a service does."
  }

  validation {
    condition     = alltrue([for publisher in var.publishers : publisher.source_account == null ? true : can(regex("^\\d{12}$", publisher.source_account)) && publisher.source_arn != null])
    error_message = "publishers has source_account ${join(", ", [for publisher in var.publishers : publisher.source_account if publisher.source_account != null])}: an account id has twelve digits, and stands beside a source_arn."
  }

  validation {
    condition     = var.fifo ? alltrue([for publisher in var.publishers : coalesce(publisher.service, "-") != "s3.amazonaws.com"]) : true
    error_message = "publishers lets s3.amazonaws.com publish while fifo is ${var.fifo}: S3 knows no FIFO topic; take a standard one."
  }
}

variable "tags" {
  description = "Tags of everything that the module makes."
  type        = map(string)
  default     = {}
  nullable    = false
}
