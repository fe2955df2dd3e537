variable "alarms" {
  description = "Alarms of every part: ARNs that hear of them; null switches them all off."
  type = object({
    actions = optional(list(string), [])
  })
  default  = {}
  nullable = true
}

variable "api" {
  description = "The function that answers the API: memory in MB, timeout in seconds, and how many environments are kept warm."
  type = object({
    memory      = optional(number, 256)
    provisioned = optional(number)
    reserved    = optional(number)
    timeout     = optional(number, 10)
  })
  default  = {}
  nullable = false
}

variable "architecture" {
  description = "Instruction set that the packages were built for: arm64 or x86_64."
  type        = string
  default     = "arm64"
  nullable    = false
}

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the orders."
  type        = bool
  default     = true
  nullable    = false
}

variable "environment" {
  description = "Kind of environment: production allows nothing public."
  type        = string
  default     = "production"
  nullable    = false
}

variable "logs" {
  description = "Logs of every function: least level and days of retention."
  type = object({
    level          = optional(string, "INFO")
    retention_days = optional(number, 30)
  })
  default  = {}
  nullable = false
}

variable "packages" {
  description = "Folder with the zips that make package wrote."
  type        = string
  nullable    = false
}

variable "prefix" {
  description = "What every name begins with, as orders-dev."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.prefix))
    error_message = "prefix is \"${var.prefix}\" of ${length(var.prefix)} characters: use 3 to 32 lower-case letters, digits and hyphens, a letter first and no hyphen last."
  }
}

variable "recovery_days" {
  description = "Days that point-in-time recovery of the orders reaches back; null switches it off."
  type        = number
  default     = 35
  nullable    = true
}

variable "tags" {
  description = "Tags of everything that the module makes."
  type        = map(string)
  default     = {}
  nullable    = false
}
