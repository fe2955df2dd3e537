variable "alarms" { # expect: module-files
  description = "Period of the alarms in seconds."
  type        = number
}
