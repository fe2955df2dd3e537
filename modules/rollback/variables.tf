variable "alarms" {
  description = "Alarms on the rollback itself: ARNs that hear of them; null switches them off."
  type = object({
    actions = optional(list(string), [])
  })
  default  = {}
  nullable = true
}

variable "functions" {
  description = "The functions whose new versions are taken back when they fail, whole: functions = { api = module.orders_api }."
  type = map(object({
    arn  = string
    name = string
  }))
  nullable = false

  validation {
    condition     = length(var.functions) >= 1 && length(var.functions) <= 25
    error_message = "functions has ${length(var.functions)} entries: give 1 to 25, since one rule has to hear of the alarms of all; call the module again for more."
  }
}

variable "live_version" {
  description = "Number of the published version of this function that serves whatever is deployed, as after make rollback FUNCTION=rollback; null lets it follow each deployment."
  type        = string
  default     = null

  validation {
    condition     = var.live_version == null ? true : can(regex("^[1-9][0-9]*$", var.live_version))
    error_message = "live_version is \"${coalesce(var.live_version, "null")}\": give the number of a published version, as make rollback prints it."
  }
}

variable "logs" {
  description = "Logs of the function that rolls back: days of retention, the least level that it writes, and a KMS key to encrypt them with."
  type = object({
    kms_key_arn    = optional(string)
    level          = optional(string, "INFO")
    retention_days = optional(number, 30)
  })
  default  = {}
  nullable = false
}

variable "name" {
  description = "Name of the function that rolls back, and beginning of the names of its rule, queue and alarms; carry a prefix that is your own."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,57}$", var.name))
    error_message = "name is \"${var.name}\" of ${length(var.name)} characters: give 1 to 57 letters, digits, hyphens and underscores, since the rule ${var.name}-canary has 64 at the most."
  }
}

variable "package" {
  description = "The finished zip of functions/rollback that make package wrote, and the architecture that it was built for."
  type = object({
    zip          = string
    architecture = optional(string, "arm64")
  })
  nullable = false
}

variable "permissions_boundary" {
  description = "ARN of the permissions boundary of the function's role."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of everything that the module makes."
  type        = map(string)
  default     = {}
  nullable    = false
}
