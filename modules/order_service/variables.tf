variable "alarms" {
  description = "Alarms of every part: ARNs that hear of them; null switches them all off."
  type = object({
    actions = optional(list(string), [])
  })
  default  = {}
  nullable = true
}

variable "api" {
  description = "The function that answers the API (memory in MB, timeout in seconds, how many environments are kept warm), and how many requests a second each route of the HTTP and REST API takes, and at once."
  type = object({
    memory      = optional(number, 256)
    provisioned = optional(number)
    reserved    = optional(number)
    throttle    = optional(object({ burst = number, rate = number }), { burst = 200, rate = 100 })
    timeout     = optional(number, 10)
  })
  default  = {}
  nullable = false
}

variable "approval" {
  description = "Orders of threshold or more (minor units, whatever the currency) wait for an approval, timeout seconds at the longest."
  type = object({
    threshold = optional(number, 100000)
    timeout   = optional(number, 86400)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.approval.threshold >= 1 && floor(var.approval.threshold) == var.approval.threshold
    error_message = "approval.threshold is ${var.approval.threshold}: give whole minor units from 1, as 100000 for 1,000.00."
  }

  validation {
    condition     = var.approval.timeout >= 60 && var.approval.timeout <= 2592000 && floor(var.approval.timeout) == var.approval.timeout
    error_message = "approval.timeout is ${var.approval.timeout} s: give whole seconds from 60 to 2592000, which is thirty days."
  }
}

variable "architecture" {
  description = "Instruction set that the packages were built for: arm64 or x86_64."
  type        = string
  default     = "arm64"
  nullable    = false
}

variable "cdn" {
  description = "The website, by CloudFront: who signs for the API (edge, oac_with_hash, oac), domains with their certificate, a web ACL, topics in us-east-1 that hear of its alarm, and whether the function at the edge outlives a destroy; null for none. Its viewers are not told apart, so production takes it only where public says that everybody may read, place and cancel orders."
  type = object({
    alarm_actions   = optional(list(string), [])
    aliases         = optional(list(string), [])
    certificate_arn = optional(string)
    public          = optional(bool, false)
    retain_edge     = optional(bool, true)
    signing         = optional(string, "edge")
    web_acl_arn     = optional(string)
  })
  default = null

  validation {
    condition     = var.cdn == null ? true : contains(["edge", "oac", "oac_with_hash"], var.cdn.signing)
    error_message = "cdn.signing is ${try(var.cdn.signing, "null")}: it is edge, oac_with_hash or oac."
  }

  validation {
    condition     = var.cdn == null ? true : var.pages != null
    error_message = "cdn is there while pages is ${coalesce(var.pages, "null")}: name the folder with the files of the website."
  }

  validation {
    condition     = var.cdn == null ? true : var.environment != "production" || var.cdn.public
    error_message = "cdn.public is ${try(var.cdn.public, "null")} while environment is ${var.environment}: nobody signs in at the website, so everybody may read, place and cancel orders; say public = true if that is meant, or cdn = null."
  }
}

variable "cron" {
  description = "The nightly jobs: the days after which an order leaves the table for the archive, when each job runs (cron expressions), and in which time zone days begin."
  type = object({
    archive            = optional(string, "cron(30 3-5 * * ? *)")
    archive_after_days = optional(number, 90)
    report             = optional(string, "cron(15 2 * * ? *)")
    timezone           = optional(string, "Europe/Berlin")
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.cron.archive_after_days >= 1 && floor(var.cron.archive_after_days) == var.cron.archive_after_days
    error_message = "cron.archive_after_days is ${var.cron.archive_after_days}: give whole days from 1."
  }
}

variable "deletion_protection" {
  description = "Whether tables, buckets with objects and the user pool are kept from being deleted."
  type        = bool
  default     = true
  nullable    = false
}

variable "environment" {
  description = "Kind of environment: development, or production, which allows nothing public."
  type        = string
  default     = "production"
  nullable    = false

  validation {
    condition     = contains(["development", "production"], var.environment)
    error_message = "environment is ${var.environment}: it is development or production; say production unless more may be public."
  }
}

variable "images" {
  description = "Functions that are deployed as a container image in place of their zip: its URI in an ECR repository of the region, by the name of the package, which is orders_report or none."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.images), ["orders_report"])) == 0
    error_message = "images names ${join(", ", setsubtract(keys(var.images), ["orders_report"]))}: orders_report alone is deployed as an image here. Leave it out, or give that function image in place of package as cron.tf does."
  }
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

variable "pages" {
  description = "Folder with the files of the website; needed with cdn."
  type        = string
  default     = null
}

variable "partners" {
  description = "The REST API for the systems of partners: what each API key may do (requests a second, quota), how many requests a second that write, which addresses may call, and the days that the access log is kept (null: none; it needs the account's CloudWatch role of API Gateway)."
  type = object({
    access_log = optional(object({ retention_days = optional(number, 30) }))
    ip = optional(object({
      allow = optional(list(string), [])
      deny  = optional(list(string), [])
    }))
    quota    = optional(object({ limit = number, period = optional(string, "MONTH") }))
    throttle = optional(object({ burst = number, rate = number }), { burst = 20, rate = 10 })
    writes   = optional(object({ burst = number, rate = number }), { burst = 50, rate = 25 })
  })
  default  = {}
  nullable = false
}

variable "permissions_boundary" {
  description = "ARN of the permissions boundary of every role that the service makes."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null ? true : can(regex("^arn:[a-z-]+:iam::(\\d{12}|aws):policy/", var.permissions_boundary))
    error_message = "permissions_boundary is ${coalesce(var.permissions_boundary, "null")}: give the ARN of an IAM policy."
  }
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
  description = "Days that point-in-time recovery of the tables reaches back; null switches it off."
  type        = number
  default     = 35
  nullable    = true
}

variable "rollout" {
  description = "Gradual deployment, by the name of a function's package: the former version that keeps a share of the requests (canary), or the version that serves whatever is deployed (live_version; rollback takes that alone), as make promote and make rollback print it."
  type = map(object({
    canary       = optional(object({ version = string, weight = number }))
    live_version = optional(string)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.rollout) : contains(local.rolled_out, name)])
    error_message = "rollout names ${join(", ", [for name in keys(var.rollout) : name if !contains(local.rolled_out, name)])}, and there are ${join(", ", local.rolled_out)}: take the name of a package."
  }

  validation {
    condition     = try(var.rollout.rollback.canary, null) == null
    error_message = "rollout.rollback has a canary of version ${try(var.rollout.rollback.canary.version, "null")}, and nobody would take that back, since it is what takes canaries back: deploy it at once, and bring its former version back with make rollback FUNCTION=rollback."
  }
}

variable "tags" {
  description = "Tags of everything that the module makes."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "web" {
  description = "The store's page in the browser: where the sign-in page may return to (https, or http on localhost), and the origins that may call the APIs (none: no CORS)."
  type = object({
    callback_urls = list(string)
    origins       = optional(list(string), [])
  })
  nullable = false

  validation {
    condition     = length(var.web.callback_urls) > 0 && alltrue([for url in var.web.callback_urls : can(regex("^(https://|http://localhost[:/])", url))])
    error_message = "web.callback_urls is [${join(", ", var.web.callback_urls)}]: give at least one, as https://shop.example.com/signed-in; http is for localhost only."
  }
}
