variable "permissions_boundary" {
  description = "ARN of the boundary of every role; null for none, which a deploy role may not make."
  type        = string
  nullable    = true
}

variable "prefix" {
  description = "What every name begins with."
  type        = string
  nullable    = false
}

variable "region" {
  description = "AWS region."
  type        = string
  nullable    = false
}

variable "zip" {
  description = "Path of a function's zip."
  type        = string
  nullable    = false
}
