variable "name" {
  description = "Name of the queue."
  type        = string
}

variable "visibility" {
  description = "Seconds for which a message that was received is hidden."
  type        = number
  default     = 60
  nullable    = false
}
