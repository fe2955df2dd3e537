variable "alarms" {
  description = "Alarms: ARNs of topics that hear of them; null switches them off."
  type = object({
    actions = optional(list(string), [])
  })
  nullable = true
}

variable "api" {
  description = "The API's function: memory in MB, timeout in seconds, warm and reserved concurrency."
  type = object({
    memory      = optional(number, 256)
    provisioned = optional(number)
    reserved    = optional(number)
    timeout     = optional(number, 10)
  })
  nullable = false
}

variable "architecture" {
  description = "Instruction set that the packages were built for: arm64 or x86_64."
  type        = string
  nullable    = false
}

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the orders."
  type        = bool
  nullable    = false
}

variable "environment" {
  description = "Kind of environment: development or production."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["development", "production"], var.environment)
    error_message = "environment is ${var.environment}: it is development or production."
  }
}

variable "logs" {
  description = "Logs of every function: least level and days of retention."
  type = object({
    level          = optional(string, "INFO")
    retention_days = optional(number, 30)
  })
  nullable = false
}

variable "prefix" {
  description = "What every name begins with."
  type        = string
  nullable    = false
}

variable "recovery_days" {
  description = "Days that point-in-time recovery of the orders reaches back; null switches it off."
  type        = number
  nullable    = true
}

variable "region" {
  description = "AWS region of the environment."
  type        = string
  nullable    = false
}
