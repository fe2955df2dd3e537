variable "alarms" {
  description = "Alarms on requests to the bucket: ARNs that hear of them, answers with 5xx that are too many within five minutes, and the milliseconds that the slowest percent may wait for its first byte. Off by default, since they need request metrics, which are paid by the metric."
  type = object({
    actions    = optional(list(string), [])
    errors     = optional(number, 1)
    latency_ms = optional(number, 1000)
  })
  default = null
}

variable "bucket" {
  description = "Name of the bucket, unique among all accounts; carry a prefix that is your own."
  type        = string
  nullable    = false
}

variable "deletion_protection" {
  description = "Whether the bucket is kept from being deleted while it holds versions of files; false deletes them with it."
  type        = bool
  default     = true
  nullable    = false
}

variable "folder" {
  description = "Folder with the files of the site, index.html among them; hidden ones are left out."
  type        = string
  nullable    = false

  validation {
    condition     = fileexists("${var.folder}/index.html")
    error_message = "folder is ${var.folder}, and there is no index.html in it: name the folder that the site is in, as it shall be uploaded."
  }
}

variable "replaced_days" {
  description = "Days that versions of files are kept after they were replaced or deleted."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.replaced_days >= 1 && floor(var.replaced_days) == var.replaced_days
    error_message = "replaced_days is ${var.replaced_days}: give whole days from 1."
  }
}

variable "statements" {
  description = "What the bucket's policy says besides, by name, as that the distribution may read: { cdn = module.cdn.statements.read }."
  type = map(object({
    actions    = list(string)
    conditions = optional(map(map(list(string))), {})
    effect     = optional(string, "Allow")
    prefixes   = optional(list(string), [""])
    principals = object({
      AWS     = optional(list(string), [])
      Service = optional(list(string), [])
    })
  }))
  default  = {}
  nullable = false
}

variable "tags" {
  description = "Tags of everything that the module makes."
  type        = map(string)
  default     = {}
  nullable    = false
}
