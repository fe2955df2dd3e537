variable "description" {
  description = "What the function does, in at most 256 characters."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = length(var.description) <= 256
    error_message = "description has ${length(var.description)} characters, and Lambda takes 256: shorten it."
  }
}

variable "event" {
  description = "When CloudFront runs the function: viewer-request, origin-request, origin-response or viewer-response."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["origin-request", "origin-response", "viewer-request", "viewer-response"], var.event)
    error_message = "event is ${var.event}: CloudFront knows viewer-request, origin-request, origin-response and viewer-response."
  }
}

variable "grants" {
  description = "What the function may do, as values that other modules put out (grants = { orders = module.orders_url.grants.invoke }) or that you write."
  type = map(object({
    actions    = list(string)
    resources  = list(string)
    conditions = optional(map(map(list(string))), {})
    also = optional(list(object({
      actions    = list(string)
      resources  = list(string)
      conditions = optional(map(map(list(string))), {})
    })), [])
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.grants) : can(regex(local.patterns.grant, name))])
    error_message = "grants has names that make no statement id (${join(", ", [for name in keys(var.grants) : name if !can(regex(local.patterns.grant, name))])}): use snake_case of at most 48 characters."
  }

  validation {
    condition     = alltrue([for action in flatten([for grant in var.grants : concat(grant.actions, grant.also[*].actions...)]) : can(regex(local.patterns.action, action))])
    error_message = "grants allows ${join(", ", [for action in flatten([for grant in var.grants : concat(grant.actions, grant.also[*].actions...)]) : action if !can(regex(local.patterns.action, action))])}: name each action in full, as service:Action, without a wildcard."
  }

  validation {
    condition     = alltrue([for resource in flatten([for grant in var.grants : concat(grant.resources, grant.also[*].resources...)]) : startswith(resource, "arn:")])
    error_message = "grants reaches ${join(", ", [for resource in flatten([for grant in var.grants : concat(grant.resources, grant.also[*].resources...)]) : resource if !startswith(resource, "arn:")])}: name each resource by its ARN."
  }
}

variable "include_body" {
  description = "Whether the function gets the body of the request, up to 40 KB at viewer-request and 1 MB at origin-request."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.include_body || endswith(var.event, "-request")
    error_message = "include_body is ${var.include_body} while event is ${var.event}: only viewer-request and origin-request have a body; leave it out."
  }
}

variable "memory" {
  description = "Memory in MB; viewer events have 128 and no more."
  type        = number
  default     = 128
  nullable    = false

  validation {
    condition     = var.memory >= 128 && var.memory <= local.most.memory && floor(var.memory) == var.memory
    error_message = "memory is ${var.memory} MB while event is ${var.event}, which takes whole numbers from 128 to ${local.most.memory}: viewer events have 128, origin events up to 10240."
  }
}

variable "name" {
  description = "Name of the function and its role; carry a prefix that is your own."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "name is \"${var.name}\" of ${length(var.name)} characters: Lambda takes 1 to 64 letters, digits, hyphens and underscores."
  }
}

variable "package" {
  description = "The finished zip that make package wrote, built for x86_64, and how it runs."
  type = object({
    zip     = string
    handler = optional(string, "app.handler")
    runtime = optional(string, "python3.13")
  })
  nullable = false

  validation {
    condition     = fileexists(var.package.zip)
    error_message = "package.zip is ${var.package.zip}, and there is no such file: run make package."
  }

  validation {
    # Of base64, four characters are three bytes.
    condition     = fileexists(var.package.zip) ? length(filebase64(var.package.zip)) / 4 * 3 <= local.most.zip + 2 : true
    error_message = "package.zip has ${fileexists(var.package.zip) ? floor(length(filebase64(var.package.zip)) * 3 / 4096) : 0} KB while event is ${var.event}, which takes ${local.most.zip / 1024}: viewer events take 1 MB, origin events 50 MB; leave out what the function does not import."
  }

  validation {
    condition     = can(regex("^[A-Za-z_][A-Za-z0-9_./]*\\.[A-Za-z_][A-Za-z0-9_]*$", var.package.handler))
    error_message = "package.handler is \"${var.package.handler}\": give module.function, as app.handler."
  }

  validation {
    condition     = can(regex("^(nodejs\\d+\\.x|python3\\.\\d+)$", var.package.runtime))
    error_message = "package.runtime is ${var.package.runtime}: the edge runs Python and Node.js, as python3.13 and nodejs22.x."
  }
}

variable "permissions_boundary" {
  description = "ARN of the permissions boundary of the function's role."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null ? true : can(regex("^arn:[a-z-]+:iam::(\\d{12}|aws):policy/", var.permissions_boundary))
    error_message = "permissions_boundary is ${coalesce(var.permissions_boundary, "null")}: give the ARN of an IAM policy."
  }
}

variable "regions" {
  description = "Regions that replicas may write logs in, and whose metrics the widgets show; null lets them write wherever viewers bring them, and shows us-east-1."
  type        = set(string)
  default     = null

  validation {
    condition     = var.regions == null ? true : length(var.regions) > 0 && alltrue([for region in var.regions : can(regex(local.patterns.region, region))])
    error_message = "regions is ${jsonencode(var.regions)}: name regions of AWS, as eu-west-1, or leave it out."
  }
}

variable "retain_on_destroy" {
  description = "Whether the function outlives terraform destroy, which cannot delete it while CloudFront has replicas; false waits for them, up to three hours."
  type        = bool
  default     = true
  nullable    = false
}

variable "retention_days" {
  description = "Days that logs are kept in us-east-1; in other regions nobody sets it, and they are kept for ever."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.retention_days)
    error_message = "retention_days is ${var.retention_days}: CloudWatch Logs takes 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "tags" {
  description = "Tags of everything that the module makes."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "timeout" {
  description = "Seconds after which Lambda ends an invocation: up to 5 at viewer events, 30 at origin events."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.timeout >= 1 && var.timeout <= local.most.timeout && floor(var.timeout) == var.timeout
    error_message = "timeout is ${var.timeout} s while event is ${var.event}, which takes whole numbers from 1 to ${local.most.timeout}: viewer events have 5 s, origin events 30 s."
  }
}
