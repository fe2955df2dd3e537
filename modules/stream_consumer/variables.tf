variable "alarms" {
  description = "Alarms: ARNs that hear of them, the age in seconds of records not yet worked on that is too much, and how many messages in the failure queue are too many; null switches them off."
  type = object({
    actions     = optional(list(string), [])
    age_seconds = optional(number, 300)
    failures    = optional(number, 1)
  })
  default  = {}
  nullable = true

  validation {
    condition     = var.alarms == null ? true : var.alarms.age_seconds >= 1 && var.alarms.age_seconds < var.max_age
    error_message = "alarms.age_seconds is ${try(var.alarms.age_seconds, "null")} while records are given up at max_age of ${var.max_age} s: give 1 or more, and less than that."
  }

  validation {
    condition     = var.alarms == null ? true : var.alarms.failures >= 1
    error_message = "alarms.failures is ${try(var.alarms.failures, "null")}: counts start at 1; leave alarms = null to have none."
  }
}

variable "batch" {
  description = "What the function gets at once: size in records, and window_seconds to wait until that many are there."
  type = object({
    size           = optional(number, 100)
    window_seconds = optional(number, 0)
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
}

variable "bisect" {
  description = "Whether a batch that fails as a whole is tried again in halves, so that one bad record does not take the others along."
  type        = bool
  default     = true
  nullable    = false
}

variable "filter" {
  description = "Event filter patterns as JSON, of which a record must match one to reach the function; Lambda passes over the others."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.filter) <= 5
    error_message = "filter has ${length(var.filter)} patterns, and a mapping takes 5: join some with \"$or\"."
  }

  validation {
    condition     = alltrue([for pattern in var.filter : can(keys(jsondecode(pattern)))])
    error_message = "filter holds ${join(", ", [for pattern in var.filter : pattern if !can(keys(jsondecode(pattern)))])}: write each pattern as a JSON object, as jsonencode({ eventName = [\"INSERT\"] })."
  }

  validation {
    condition     = alltrue([for pattern in var.filter : length(pattern) <= 4096])
    error_message = "filter has a pattern of ${try(max([for pattern in var.filter : length(pattern)]...), 0)} characters, and Lambda takes 4096: shorten it."
  }
}

variable "function" {
  description = "The function that consumes the stream, passed whole: function = module.order_publisher."
  type = object({
    alias_arn = string
    name      = string
    role_name = string
  })
  nullable = false
}

variable "max_age" {
  description = "Seconds after which a record that was not worked on is given up, whatever the retries; a throttled function uses up age and no retries."
  type        = number
  default     = 86400
  nullable    = false

  validation {
    condition     = var.max_age >= 60 && var.max_age <= 604800 && floor(var.max_age) == var.max_age
    error_message = "max_age is ${var.max_age} s: Lambda takes whole numbers from 60 to 604800."
  }

  validation {
    condition     = var.table == null ? true : var.max_age <= 86400
    error_message = "max_age is ${var.max_age} s, and a table's stream keeps records for 86400 s: the oldest would be gone unseen; lower it to that."
  }
}

variable "name" {
  description = "Name of the consumer, its failure queue and its alarms; carry a prefix that is your own."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]+$", var.name))
    error_message = "name is \"${var.name}\": SQS takes letters, digits, hyphens and underscores."
  }

  validation {
    condition     = length("${var.name}-failures") <= 80
    error_message = "name makes a failure queue ${var.name}-failures of ${length("${var.name}-failures")} characters, and SQS takes 80: shorten it by ${length("${var.name}-failures") - 80}."
  }
}

variable "on_failure_arn" {
  description = "ARN of the SQS queue, SNS topic or S3 bucket that is told of batches given up; null makes a queue for it. The plan must know that it is there: an output of these modules is, the ARN of a resource of your own becomes so by format(\"%s\", …)."
  type        = string
  default     = null

  validation {
    condition     = var.on_failure_arn == null ? true : can(regex("^arn:[a-z-]+:(s3:::[^/]+|(sns|sqs):[a-z0-9-]+:\\d{12}:[^:]+)$", var.on_failure_arn))
    error_message = "on_failure_arn is ${coalesce(var.on_failure_arn, "null")}: Lambda tells an SQS queue, an SNS topic or an S3 bucket; give the ARN of one."
  }

  validation {
    condition     = var.on_failure_arn == null ? true : !endswith(var.on_failure_arn, ".fifo")
    error_message = "on_failure_arn is ${coalesce(var.on_failure_arn, "null")}: Lambda sends no group, which FIFO needs; take a standard queue or topic."
  }
}

variable "parallelization" {
  description = "How many batches of one shard run at a time, those of one key in order."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.parallelization >= 1 && var.parallelization <= 10 && floor(var.parallelization) == var.parallelization
    error_message = "parallelization is ${var.parallelization}: Lambda takes whole numbers from 1 to 10."
  }
}

variable "retries" {
  description = "How often a batch that failed is tried again before it is given up; without a bound a bad record stops its shard until it expires."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.retries >= 0 && var.retries <= 10000 && floor(var.retries) == var.retries
    error_message = "retries is ${var.retries}: give whole numbers from 0 to 10000; -1, without end, is not for production."
  }
}

variable "starting_position" {
  description = "Where a new mapping begins to read: TRIM_HORIZON (what the stream still has) or LATEST (what comes from then on)."
  type        = string
  default     = "TRIM_HORIZON"
  nullable    = false

  validation {
    condition     = contains(["TRIM_HORIZON", "LATEST"], var.starting_position)
    error_message = "starting_position is ${var.starting_position}: give TRIM_HORIZON or LATEST."
  }
}

variable "stream_arn" {
  description = "ARN of the DynamoDB or Kinesis stream, where it is not a table's of this project, which comes as table."
  type        = string
  default     = null

  validation {
    condition     = (var.stream_arn == null) != (var.table == null)
    error_message = "stream_arn is ${var.stream_arn == null ? "null" : "given"} and table ${var.table == null ? "null" : "given"}: give one of them."
  }

  validation {
    condition     = var.stream_arn == null ? true : can(regex("^arn:[a-z-]+:(dynamodb:[a-z0-9-]+:\\d{12}:table/[^/]+/stream/[^/]+|kinesis:[a-z0-9-]+:\\d{12}:stream/[^/]+)$", var.stream_arn))
    error_message = "stream_arn is ${coalesce(var.stream_arn, "null")}: give the ARN of a DynamoDB stream (table/…/stream/…) or of a Kinesis stream (stream/…)."
  }
}

variable "table" {
  description = "The table whose stream is consumed, passed whole: table = module.orders."
  type = object({
    grants = object({
      stream = object({
        actions    = list(string)
        resources  = list(string)
        conditions = optional(map(map(list(string))), {})
        also = optional(list(object({
          actions    = list(string)
          resources  = list(string)
          conditions = optional(map(map(list(string))), {})
        })), [])
      })
    })
    stream_arn = string
  })
  default = null

  validation {
    condition     = var.table == null ? true : var.table.stream_arn != null
    error_message = "table has no stream (stream_arn is null): give the table stream = \"NEW_AND_OLD_IMAGES\", or another view."
  }
}

variable "tags" {
  description = "Tags of everything that the module makes."
  type        = map(string)
  default     = {}
  nullable    = false
}
