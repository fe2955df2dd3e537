variable "alarms" {
  description = "Alarms on requests to the URL: ARNs that hear of them, answers with 5xx that are too many within five minutes, and the milliseconds that a request may take on average; null switches them off."
  type = object({
    actions    = optional(list(string), [])
    errors     = optional(number, 1)
    latency_ms = optional(number, 5000)
  })
  default  = {}
  nullable = true

  validation {
    condition     = var.alarms == null ? true : var.alarms.errors >= 1
    error_message = "alarms.errors is ${try(var.alarms.errors, "null")}: counts start at 1; leave alarms = null to have none."
  }

  validation {
    condition     = var.alarms == null ? true : var.alarms.latency_ms >= 1
    error_message = "alarms.latency_ms is ${try(var.alarms.latency_ms, "null")}: give at least 1; leave alarms = null to have none."
  }
}

variable "auth" {
  description = "Who is let in: AWS_IAM (signed requests of identities that are allowed to) or NONE (everybody, which needs public = true)."
  type        = string
  default     = "AWS_IAM"
  nullable    = false

  validation {
    condition     = contains(["AWS_IAM", "NONE"], var.auth)
    error_message = "auth is ${var.auth}: a function URL knows AWS_IAM and NONE."
  }

  validation {
    condition     = (var.auth == "NONE") == var.public
    error_message = "auth is ${var.auth} while public is ${var.public}: a URL for everybody has auth = \"NONE\" and public = true, a protected one auth = \"AWS_IAM\" and public = false."
  }
}

variable "cors" {
  description = "Which browser origins may call; null sends no CORS headers."
  type = object({
    credentials     = optional(bool, false)
    expose_headers  = optional(list(string), [])
    headers         = optional(list(string), [])
    max_age_seconds = optional(number, 300)
    methods         = optional(list(string), ["GET"])
    origins         = list(string)
  })
  default = null

  validation {
    condition     = var.cors == null ? true : !(var.cors.credentials && contains(var.cors.origins, "*"))
    error_message = "cors.credentials is true with origins = [\"*\"]: browsers refuse that; name the origins."
  }

  validation {
    condition     = var.cors == null ? true : alltrue([for origin in var.cors.origins : origin == "*" || can(regex("^https?://[^/]+$", origin))])
    error_message = "cors.origins is ${try(join(", ", var.cors.origins), "null")}: give scheme and host, as https://example.com, without a path."
  }

  validation {
    condition     = var.cors == null ? true : var.cors.max_age_seconds >= 0 && var.cors.max_age_seconds <= 86400
    error_message = "cors.max_age_seconds is ${try(var.cors.max_age_seconds, "null")}: Lambda takes 0 to 86400."
  }
}

variable "environment" {
  description = "Kind of environment that the URL is in: development or production; a public URL is refused in production, which is the default so that nobody opens one by leaving it out."
  type        = string
  default     = "production"
  nullable    = false

  validation {
    condition     = contains(["development", "production"], var.environment)
    error_message = "environment is ${var.environment}: it is development or production; say production unless the URL may be public."
  }
}

variable "function" {
  description = "The function behind the URL, passed whole: function = module.orders."
  type = object({
    alias_arn  = string
    alias_name = string
    arn        = string
    name       = string
  })
  nullable = false
}

variable "invokers" {
  description = "Who is let in by the function's own policy: per name exactly one of role, user (ARNs), account (id) and organization (id). Identities of this account need none: give them grants.invoke."
  type = map(object({
    account      = optional(string)
    organization = optional(string)
    role         = optional(string)
    user         = optional(string)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for invoker in var.invokers : length([for who in [invoker.account, invoker.organization, invoker.role, invoker.user] : who if who != null]) == 1])
    error_message = "invokers names more or less than one principal for ${join(", ", [for name, invoker in var.invokers : name if length([for who in [invoker.account, invoker.organization, invoker.role, invoker.user] : who if who != null]) != 1])}: give exactly one of role, user, account and organization."
  }

  validation {
    condition     = alltrue([for name in keys(var.invokers) : can(regex("^[A-Za-z0-9_-]{1,76}$", name))])
    error_message = "invokers has names that make no statement id (${join(", ", [for name in keys(var.invokers) : name if !can(regex("^[A-Za-z0-9_-]{1,76}$", name))])}): use letters, digits, hyphens and underscores, 76 at most."
  }

  validation {
    condition     = alltrue([for invoker in var.invokers : invoker.account == null ? true : can(regex("^\\d{12}$", invoker.account))])
    error_message = "invokers has accounts ${join(", ", [for invoker in var.invokers : invoker.account if invoker.account != null])}: an account id has twelve digits."
  }

  validation {
    condition     = alltrue([for invoker in var.invokers : invoker.organization == null ? true : can(regex("^o-[a-z0-9]{10,32}$", invoker.organization))])
    error_message = "invokers has organizations ${join(", ", [for invoker in var.invokers : invoker.organization if invoker.organization != null])}: an organization id is o- and 10 to 32 letters and digits."
  }

  validation {
    condition     = alltrue([for invoker in var.invokers : alltrue([for arn in compact([invoker.role, invoker.user]) : can(regex("^arn:[a-z-]+:iam::\\d{12}:(role|user)/", arn))])])
    error_message = "invokers has ${join(", ", flatten([for invoker in var.invokers : compact([invoker.role, invoker.user])]))}: give ARNs of IAM roles and users."
  }

  validation {
    condition     = var.auth == "NONE" ? length(var.invokers) == 0 : true
    error_message = "invokers has ${length(var.invokers)} entries while auth is NONE, which lets everybody in: leave them out, or set auth = \"AWS_IAM\"."
  }
}

variable "public" {
  description = "Says aloud that everybody on the internet may call; needs auth = \"NONE\"."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = var.public ? var.environment != "production" : true
    error_message = "public is true while environment is ${var.environment}: a public function URL is for development; put CloudFront or an API in front, or say that environment is development."
  }
}

variable "streaming" {
  description = "Whether the response streams (up to 200 MB) rather than arriving whole (up to 6 MB)."
  type        = bool
  default     = false
  nullable    = false
}

variable "tags" {
  description = "Tags of the alarms."
  type        = map(string)
  default     = {}
  nullable    = false
}
