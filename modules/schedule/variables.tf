variable "alarms" {
  description = "Alarms on the jobs: ARNs that hear of them, how many runs in the dead-letter queue, runs that were given up and errors of the target within five minutes are too many; null switches them off."
  type = object({
    actions       = optional(list(string), [])
    dlq_depth     = optional(number, 1)
    dropped       = optional(number, 1)
    target_errors = optional(number, 1)
  })
  default  = {}
  nullable = true

  validation {
    condition     = var.alarms == null ? true : var.alarms.dlq_depth >= 1
    error_message = "alarms.dlq_depth is ${try(var.alarms.dlq_depth, "null")}: counts start at 1; leave alarms = null to have none."
  }

  validation {
    condition     = var.alarms == null ? true : var.alarms.dropped >= 1
    error_message = "alarms.dropped is ${try(var.alarms.dropped, "null")}: counts start at 1; leave alarms = null to have none."
  }

  validation {
    condition     = var.alarms == null ? true : var.alarms.target_errors >= 1
    error_message = "alarms.target_errors is ${try(var.alarms.target_errors, "null")}: counts start at 1; leave alarms = null to have none."
  }
}

variable "dlq" {
  description = "Dead-letter queue for runs that Scheduler could not deliver, and the days it keeps them; null for none, so that they are lost."
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

variable "jobs" {
  description = "Jobs by name: when (rate, cron or at) and in which time zone, what the target gets (JSON, in which Scheduler replaces <aws.scheduler.scheduled-time> and its like), the minutes within which a run may begin, how often and how many seconds long a failed delivery is tried again, and whether the job runs."
  type = map(object({
    expression = string
    # lint:ignore no-create-booleans a job that rests is still there, and has its ARN
    enabled        = optional(bool, true)
    input          = optional(string, "{\"scheduled_at\":\"<aws.scheduler.scheduled-time>\"}")
    max_age        = optional(number, 3600)
    retries        = optional(number, 10)
    timezone       = optional(string)
    window_minutes = optional(number)
  }))
  nullable = false

  validation {
    condition     = length(var.jobs) > 0
    error_message = "jobs is empty: give one at least."
  }

  validation {
    condition     = alltrue([for name in keys(var.jobs) : can(regex("^[A-Za-z0-9_.-]{1,64}$", name))])
    error_message = "jobs has names that Scheduler refuses (${join(", ", [for name in keys(var.jobs) : name if !can(regex("^[A-Za-z0-9_.-]{1,64}$", name))])}): use 1 to 64 letters, digits, dots, hyphens and underscores."
  }

  validation {
    condition     = alltrue([for job in var.jobs : can(regex("^(at|cron|rate)\\(.*\\)$", job.expression))])
    error_message = "jobs has expressions that are none (${join(", ", [for name, job in var.jobs : "${name}: ${job.expression}" if !can(regex("^(at|cron|rate)\\(.*\\)$", job.expression))])}): write rate(5 minutes), cron(0 2 * * ? *) or at(2026-11-24T02:00:00)."
  }

  validation {
    condition     = alltrue([for job in var.jobs : can(regex("^rate\\([1-9][0-9]* (minutes?|hours?|days?)\\)$", job.expression)) if startswith(job.expression, "rate(")])
    error_message = "jobs has rates that Scheduler refuses (${join(", ", [for name, job in var.jobs : "${name}: ${job.expression}" if startswith(job.expression, "rate(") && !can(regex("^rate\\([1-9][0-9]* (minutes?|hours?|days?)\\)$", job.expression))])}): write a whole number from 1, a space, and minutes, hours or days."
  }

  validation {
    condition     = alltrue([for job in var.jobs : length(job.expression) == 23 && can(timeadd("${trimsuffix(trimprefix(job.expression, "at("), ")")}Z", "0s")) if startswith(job.expression, "at(")])
    error_message = "jobs has moments that there are not (${join(", ", [for name, job in var.jobs : "${name}: ${job.expression}" if startswith(job.expression, "at(") && !(length(job.expression) == 23 && can(timeadd("${trimsuffix(trimprefix(job.expression, "at("), ")")}Z", "0s")))])}): write at(2026-11-24T02:00:00), without a zone, which stands in timezone."
  }

  validation {
    condition     = alltrue([for job in var.jobs : length(split(" ", job.expression)) == 6 if startswith(job.expression, "cron(")])
    error_message = "jobs has cron expressions of ${join(" and ", distinct([for job in var.jobs : length(split(" ", job.expression)) if startswith(job.expression, "cron(") && length(split(" ", job.expression)) != 6]))} fields (${join(", ", [for name, job in var.jobs : "${name}: ${job.expression}" if startswith(job.expression, "cron(") && length(split(" ", job.expression)) != 6])}): give 6 with one space between them, as cron(minutes hours day-of-month month day-of-week year)."
  }

  validation {
    condition = alltrue(flatten([
      for job in var.jobs : [
        for index, field in local.cron_fields :
        can(regex(field.pattern, upper(split(" ", trimsuffix(trimprefix(job.expression, "cron("), ")"))[index])))
      ] if startswith(job.expression, "cron(") && length(split(" ", job.expression)) == 6
    ]))
    error_message = "jobs has cron fields that Scheduler refuses (${join("; ", flatten([
      for name, job in var.jobs : [
        for index, field in local.cron_fields :
        "${name}: ${split(" ", trimsuffix(trimprefix(job.expression, "cron("), ")"))[index]} is no ${field.name}, which is ${field.takes}"
        if !can(regex(field.pattern, upper(split(" ", trimsuffix(trimprefix(job.expression, "cron("), ")"))[index])))
      ] if startswith(job.expression, "cron(") && length(split(" ", job.expression)) == 6
    ]))})."
  }

  validation {
    condition = alltrue([
      for job in var.jobs : (split(" ", job.expression)[2] == "?") != (split(" ", job.expression)[4] == "?")
      if startswith(job.expression, "cron(") && length(split(" ", job.expression)) == 6
    ])
    error_message = "jobs has cron expressions that name both the day of the month and the day of the week, or neither (${join(", ", [
      for name, job in var.jobs : "${name}: ${job.expression}"
      if startswith(job.expression, "cron(") && length(split(" ", job.expression)) == 6 && (try(split(" ", job.expression)[2], "") == "?") == (try(split(" ", job.expression)[4], "") == "?")
    ])}): put ? for just one of the two, the third and the fifth field."
  }

  validation {
    condition     = alltrue([for job in var.jobs : job.timezone != null if !startswith(job.expression, "rate(")])
    error_message = "jobs has times of day without a time zone (${join(", ", [for name, job in var.jobs : "${name}: ${job.expression}" if !startswith(job.expression, "rate(") && job.timezone == null])}), which Scheduler would take for UTC: give timezone, as Europe/Berlin, or UTC if that is meant."
  }

  validation {
    condition     = alltrue([for job in var.jobs : job.timezone == null if startswith(job.expression, "rate(")])
    error_message = "jobs has rates with a time zone (${join(", ", [for name, job in var.jobs : "${name}: ${job.timezone}" if startswith(job.expression, "rate(") && job.timezone != null])}), which changes nothing about them: leave timezone out."
  }

  validation {
    condition     = alltrue([for job in var.jobs : can(regex("^(UTC|[A-Z][A-Za-z_]+(/[A-Z][A-Za-z0-9_+-]*){1,2})$", job.timezone)) if job.timezone != null])
    error_message = "jobs has time zones that are none of IANA's (${join(", ", [for name, job in var.jobs : "${name}: ${job.timezone}" if job.timezone == null ? false : !can(regex("^(UTC|[A-Z][A-Za-z_]+(/[A-Z][A-Za-z0-9_+-]*){1,2})$", job.timezone))])}): write area and city, as Europe/Berlin, or UTC."
  }

  validation {
    condition     = alltrue([for job in var.jobs : can(jsondecode(job.input))])
    error_message = "jobs has inputs that are no JSON (${join(", ", [for name, job in var.jobs : name if !can(jsondecode(job.input))])}): write them with jsonencode."
  }

  validation {
    condition     = alltrue([for job in var.jobs : length(job.input) <= 262144])
    error_message = "jobs has inputs of more characters than the 262144 that Scheduler takes (${join(", ", [for name, job in var.jobs : "${name}: ${length(job.input)}" if length(job.input) > 262144])}): pass the key of an object in S3."
  }

  validation {
    condition = alltrue(flatten([
      for job in var.jobs : [
        for attribute in regexall("(?:<|\\\\u003c)aws\\.scheduler\\.([A-Za-z0-9_-]*)", job.input) : contains(local.context_attributes, attribute[0])
      ]
    ]))
    error_message = "jobs has inputs with context attributes that Scheduler does not know and would leave as they are (${join(", ", flatten([
      for name, job in var.jobs : [
        for attribute in regexall("(?:<|\\\\u003c)aws\\.scheduler\\.([A-Za-z0-9_-]*)", job.input) : "${name}: aws.scheduler.${attribute[0]}" if !contains(local.context_attributes, attribute[0])
      ]
    ]))}): it knows ${join(", ", local.context_attributes)}."
  }

  validation {
    condition     = alltrue([for job in var.jobs : job.max_age >= 60 && job.max_age <= 86400 && floor(job.max_age) == job.max_age])
    error_message = "jobs has max_age of ${join(" and ", distinct([for job in var.jobs : job.max_age if !(job.max_age >= 60 && job.max_age <= 86400 && floor(job.max_age) == job.max_age)]))} s: Scheduler tries for whole seconds from 60 to 86400."
  }

  validation {
    condition     = alltrue([for job in var.jobs : job.retries >= 0 && job.retries <= 185 && floor(job.retries) == job.retries])
    error_message = "jobs has retries of ${join(" and ", distinct([for job in var.jobs : job.retries if !(job.retries >= 0 && job.retries <= 185 && floor(job.retries) == job.retries)]))}: Scheduler tries again 0 to 185 times."
  }

  validation {
    condition     = alltrue([for job in var.jobs : job.window_minutes == null ? true : job.window_minutes >= 1 && job.window_minutes <= 1440 && floor(job.window_minutes) == job.window_minutes])
    error_message = "jobs has window_minutes of ${join(" and ", distinct([for job in var.jobs : job.window_minutes if job.window_minutes == null ? false : !(job.window_minutes >= 1 && job.window_minutes <= 1440 && floor(job.window_minutes) == job.window_minutes)]))}: Scheduler takes whole minutes from 1 to 1440; leave it out to run on the minute."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the inputs and the dead-letter queue; null takes the keys that AWS owns."
  type        = string
  default     = null
}

variable "name" {
  description = "Name of the schedule group; its role, queue and alarms begin with it, so carry a prefix that is your own."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,54}$", var.name))
    error_message = "name is \"${var.name}\" of ${length(var.name)} characters: give 1 to 54 letters, digits, hyphens and underscores, since the role ${var.name}-scheduler has 64 at the most."
  }
}

variable "permissions_boundary" {
  description = "ARN of the permissions boundary of Scheduler's role."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null ? true : can(regex("^arn:[a-z-]+:iam::(\\d{12}|aws):policy/", var.permissions_boundary))
    error_message = "permissions_boundary is ${coalesce(var.permissions_boundary, "null")}: give the ARN of an IAM policy."
  }
}

variable "tags" {
  description = "Tags of everything that the module makes and that takes tags."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "target" {
  description = "What the jobs run, passed whole and just one of: a function, a queue or a workflow."
  type = object({
    function = optional(object({
      alias_arn = string
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
