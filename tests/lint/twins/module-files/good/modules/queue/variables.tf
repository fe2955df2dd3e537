variable "period" {
  description = "Period of the alarms in seconds."
  type        = number
}
