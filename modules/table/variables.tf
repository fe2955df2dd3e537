variable "alarms" {
  description = "Alarms on the table: ARNs that hear of them, and how many throttled reads or writes within five minutes are too many; null switches them off."
  type = object({
    actions   = optional(list(string), [])
    throttles = optional(number, 1)
  })
  default  = {}
  nullable = true

  validation {
    condition     = var.alarms == null ? true : var.alarms.throttles >= 1
    error_message = "alarms.throttles is ${try(var.alarms.throttles, "null")}: counts start at 1; leave alarms = null to have none."
  }
}

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the table."
  type        = bool
  default     = true
  nullable    = false
}

variable "indexes" {
  description = "Global secondary indexes by name: partition and sort key, and which attributes they carry (ALL, KEYS_ONLY, or INCLUDE with the names in attributes)."
  type = map(object({
    attributes    = optional(list(string), [])
    partition_key = object({ name = string, type = optional(string, "S") })
    projection    = optional(string, "ALL")
    sort_key      = optional(object({ name = string, type = optional(string, "S") }))
  }))
  default  = {}
  nullable = false

  validation {
    condition     = length(var.indexes) <= 20
    error_message = "indexes has ${length(var.indexes)} entries, and a table takes 20: drop some, or overload their keys."
  }

  validation {
    condition     = alltrue([for name in keys(var.indexes) : can(regex("^[A-Za-z0-9_.-]{3,255}$", name))])
    error_message = "indexes has names that DynamoDB refuses (${join(", ", [for name in keys(var.indexes) : name if !can(regex("^[A-Za-z0-9_.-]{3,255}$", name))])}): use 3 to 255 letters, digits, dots, hyphens and underscores."
  }

  validation {
    condition     = alltrue([for index in var.indexes : contains(["ALL", "INCLUDE", "KEYS_ONLY"], index.projection)])
    error_message = "indexes has projections ${join(", ", distinct([for index in var.indexes : index.projection]))}: DynamoDB knows ALL, INCLUDE and KEYS_ONLY."
  }

  validation {
    condition     = alltrue([for index in var.indexes : (index.projection == "INCLUDE") == (length(index.attributes) > 0)])
    error_message = "indexes names attributes without projection INCLUDE, or INCLUDE without attributes, in ${join(", ", [for name, index in var.indexes : name if(index.projection == "INCLUDE") != (length(index.attributes) > 0)])}: give both or neither."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the table; null takes the key that DynamoDB owns."
  type        = string
  default     = null
}

variable "name" {
  description = "Name of the table; carry a prefix that is your own."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{3,255}$", var.name))
    error_message = "name is \"${var.name}\" of ${length(var.name)} characters: DynamoDB takes 3 to 255 letters, digits, dots, hyphens and underscores."
  }
}

variable "partition_key" {
  description = "Partition key of the table: name and type (S, N or B)."
  type = object({
    name = string
    type = optional(string, "S")
  })
  nullable = false

  validation {
    condition     = alltrue([for key in concat([var.partition_key], local.other_keys) : contains(["S", "N", "B"], key.type)])
    error_message = "Keys have the types ${join(", ", distinct([for key in concat([var.partition_key], local.other_keys) : key.type]))}: DynamoDB keys are S, N or B."
  }

  validation {
    condition     = length(distinct([for key in concat([var.partition_key], local.other_keys) : key.name])) == length(distinct([for key in concat([var.partition_key], local.other_keys) : "${key.name} ${key.type}"]))
    error_message = "A key has two types (${join(", ", distinct([for key in concat([var.partition_key], local.other_keys) : "${key.name} ${key.type}"]))}): give an attribute the same type in the table and all indexes."
  }
}

variable "recovery_days" {
  description = "Days that point-in-time recovery reaches back, 1 to 35; null switches it off."
  type        = number
  default     = 35
  nullable    = true

  validation {
    condition     = var.recovery_days == null ? true : var.recovery_days >= 1 && var.recovery_days <= 35 && floor(var.recovery_days) == var.recovery_days
    error_message = "recovery_days is ${coalesce(var.recovery_days, "null")}: DynamoDB takes whole numbers from 1 to 35, and null is off."
  }
}

variable "sort_key" {
  description = "Sort key of the table: name and type (S, N or B); null for a table without one."
  type = object({
    name = string
    type = optional(string, "S")
  })
  default = null
}

variable "stream" {
  description = "What the table's stream carries: KEYS_ONLY, NEW_IMAGE, OLD_IMAGE or NEW_AND_OLD_IMAGES; null for no stream."
  type        = string
  default     = null

  validation {
    condition     = var.stream == null ? true : contains(["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"], var.stream)
    error_message = "stream is ${coalesce(var.stream, "null")}: DynamoDB knows KEYS_ONLY, NEW_IMAGE, OLD_IMAGE and NEW_AND_OLD_IMAGES."
  }
}

variable "tags" {
  description = "Tags of everything that the module makes."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "ttl_attribute" {
  description = "Attribute with the second (Unix time) at which DynamoDB may delete an item; null for none."
  type        = string
  default     = null
}
