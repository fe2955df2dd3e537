variable "alarms" {
  description = "Alarms on the workflow: ARNs that hear of them, and how many executions that failed, were throttled or timed out within five minutes are too many; null switches them off."
  type = object({
    actions   = optional(list(string), [])
    failed    = optional(number, 1)
    throttled = optional(number, 1)
    timed_out = optional(number, 1)
  })
  default  = {}
  nullable = true

  validation {
    condition     = var.alarms == null ? true : var.alarms.failed >= 1
    error_message = "alarms.failed is ${try(var.alarms.failed, "null")}: counts start at 1; leave alarms = null to have none."
  }

  validation {
    condition     = var.alarms == null ? true : var.alarms.throttled >= 1
    error_message = "alarms.throttled is ${try(var.alarms.throttled, "null")}: counts start at 1; leave alarms = null to have none."
  }

  validation {
    condition     = var.alarms == null ? true : var.alarms.timed_out >= 1
    error_message = "alarms.timed_out is ${try(var.alarms.timed_out, "null")}: counts start at 1; leave alarms = null to have none."
  }
}

variable "definition" {
  description = "The state machine in the Amazon States Language: a template file, and the variables that it names beside functions, partition and timeout."
  type = object({
    file = string
    vars = optional(map(string), {})
  })
  nullable = false

  validation {
    condition     = fileexists(var.definition.file)
    error_message = "definition.file is ${var.definition.file}, and there is no such file: give the path of the state machine's template."
  }

  validation {
    condition     = length(setintersection(keys(var.definition.vars), ["functions", "partition", "timeout"])) == 0
    error_message = "definition.vars sets ${join(", ", setintersection(keys(var.definition.vars), ["functions", "partition", "timeout"]))}, which the module fills in itself: choose other names."
  }
}

variable "functions" {
  description = "The functions that tasks invoke, passed whole: functions = { stock = module.stock }; the definition names each as $${functions.stock}, which is the ARN of its alias."
  type = map(object({
    alias_arn = string
  }))
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.functions) : can(regex("^[a-z][a-z0-9_]*$", name))])
    error_message = "functions has names that a template cannot name (${join(", ", [for name in keys(var.functions) : name if !can(regex("^[a-z][a-z0-9_]*$", name))])}): use snake_case."
  }

  validation {
    condition     = fileexists(var.definition.file) ? length(setsubtract(flatten(regexall("\\$\\{functions\\.([A-Za-z0-9_-]+)", file(var.definition.file))), keys(var.functions))) == 0 : true
    error_message = "definition.file names functions that are not there (${try(join(", ", setsubtract(flatten(regexall("\\$\\{functions\\.([A-Za-z0-9_-]+)", file(var.definition.file))), keys(var.functions))), "")}): functions has ${join(", ", keys(var.functions))}; add them, or mend the name."
  }

  validation {
    condition     = length(var.functions) > 0
    error_message = "functions is empty, and a task can invoke nothing else: pass the functions whole, as { stock = module.stock }."
  }
}

variable "logs" {
  description = "Logs of the executions: level (ALL, ERROR, FATAL or OFF), days of retention, whether they hold input and output, and a KMS key to encrypt them with."
  type = object({
    include_data   = optional(bool, false)
    kms_key_arn    = optional(string)
    level          = optional(string, "ERROR")
    retention_days = optional(number, 30)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["ALL", "ERROR", "FATAL", "OFF"], var.logs.level)
    error_message = "logs.level is ${var.logs.level}: Step Functions knows ALL, ERROR, FATAL and OFF."
  }

  validation {
    condition     = var.type == "EXPRESS" ? var.logs.level != "OFF" : true
    error_message = "logs.level is OFF while type is EXPRESS: the log is all that an express execution leaves behind; take ERROR, or ALL to see every one."
  }

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.logs.retention_days)
    error_message = "logs.retention_days is ${var.logs.retention_days}: CloudWatch Logs takes 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "name" {
  description = "Name of the state machine and its alarms, and what the names of its role and log group are made from; carry a prefix that is your own."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,55}$", var.name))
    error_message = "name is \"${var.name}\" of ${length(var.name)} characters: use 1 to 55 letters, digits, hyphens and underscores; Step Functions takes 80, but a role takes 64, and this one's is called ${var.name}-workflow."
  }
}

variable "permissions_boundary" {
  description = "ARN of the permissions boundary of the workflow's role."
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
  description = "Seconds after which Step Functions ends an execution; the definition names it as \"TimeoutSeconds\": $${timeout}."
  type        = number
  default     = 300
  nullable    = false

  validation {
    condition     = var.timeout >= 1 && var.timeout <= (var.type == "EXPRESS" ? 300 : 31536000) && floor(var.timeout) == var.timeout
    error_message = "timeout is ${var.timeout} s while type is ${var.type}: give whole seconds from 1 to ${var.type == "EXPRESS" ? "300, the five minutes of an express workflow" : "31536000, a year"}."
  }
}

variable "tracing" {
  description = "Whether X-Ray traces the executions it samples."
  type        = bool
  default     = true
  nullable    = false
}

variable "type" {
  description = "STANDARD (up to a year, each step once, billed by step) or EXPRESS (up to five minutes, at least once, billed by duration)."
  type        = string
  default     = "STANDARD"
  nullable    = false

  validation {
    condition     = contains(["EXPRESS", "STANDARD"], var.type)
    error_message = "type is ${var.type}: Step Functions knows STANDARD and EXPRESS."
  }
}
