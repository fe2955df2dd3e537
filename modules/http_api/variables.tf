variable "access_log" {
  description = "Access log, one JSON object a request: days of retention and a KMS key; null writes none."
  type = object({
    kms_key_arn    = optional(string)
    retention_days = optional(number, 30)
  })
  default  = {}
  nullable = true

  validation {
    condition     = var.access_log == null ? true : contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.access_log.retention_days)
    error_message = "access_log.retention_days is ${try(var.access_log.retention_days, "null")}: CloudWatch Logs takes 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "alarms" {
  description = "Alarms on the API: ARNs that hear of them, answers with 5xx that are too many within five minutes, and the milliseconds that the slowest percent may take; null switches them off."
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
  description = "Who is let in by routes with auth inherit: iam (signed requests of identities that are allowed to), jwt (tokens of an issuer) or none (everybody)."
  type        = string
  default     = "iam"
  nullable    = false

  validation {
    condition     = contains(["iam", "jwt", "none"], var.auth)
    error_message = "auth is ${var.auth}: an HTTP API knows jwt, iam and none."
  }
}

variable "cors" {
  description = "Which browser origins may call: API Gateway answers their preflights and writes the headers of every answer; null for none."
  type = object({
    credentials     = optional(bool, false)
    expose_headers  = optional(list(string), [])
    headers         = optional(list(string), ["authorization", "content-type"])
    max_age_seconds = optional(number, 300)
    origins         = list(string)
  })
  default = null

  validation {
    condition     = var.cors == null ? true : !(var.cors.credentials && contains(var.cors.origins, "*"))
    error_message = "cors.credentials is true with origins = [\"*\"]: browsers refuse that; name the origins."
  }

  validation {
    condition     = var.cors == null ? true : length(var.cors.origins) > 0 && alltrue([for origin in var.cors.origins : origin == "*" || can(regex("^https?://[^/\"']+$", origin))])
    error_message = "cors.origins is [${try(join(", ", var.cors.origins), "")}]: give at least one, as scheme and host (https://example.com), without a path."
  }

  validation {
    condition     = var.cors == null ? true : length(var.cors.origins) == 1 || !contains(var.cors.origins, "*")
    error_message = "cors.origins has * among ${try(length(var.cors.origins), 0)}: * is every origin, so give it alone."
  }

  validation {
    condition     = var.cors == null ? true : var.cors.max_age_seconds >= 0 && var.cors.max_age_seconds <= 86400
    error_message = "cors.max_age_seconds is ${try(var.cors.max_age_seconds, "null")}: browsers keep a preflight 0 to 86400 seconds."
  }
}

variable "description" {
  description = "What the API is for, in at most 1024 characters."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = length(var.description) <= 1024
    error_message = "description has ${length(var.description)} characters, and API Gateway takes 1024: shorten it."
  }
}

variable "jwt" {
  description = "Whose tokens routes with auth jwt take: the issuer (URL, as in the claim iss) and the audiences (aud, or client_id of a Cognito access token); null for no such routes."
  type = object({
    audience = list(string)
    issuer   = string
  })
  default = null

  validation {
    condition     = var.jwt == null ? true : startswith(var.jwt.issuer, "https://") && !endswith(var.jwt.issuer, "/.well-known/openid-configuration")
    error_message = "jwt.issuer is ${try(var.jwt.issuer, "null")}: give the https URL that tokens have in iss, without /.well-known."
  }

  validation {
    condition     = var.jwt == null ? true : length(var.jwt.audience) >= 1 && length(var.jwt.audience) <= 50
    error_message = "jwt.audience has ${try(length(var.jwt.audience), 0)} entries: API Gateway takes 1 to 50; with none, every client of the issuer would be let in."
  }
}

variable "name" {
  description = "Name of the API, its log group and its alarms; carry a prefix that is your own."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "name is \"${var.name}\" of ${length(var.name)} characters: use 1 to 64 letters, digits, hyphens and underscores, since permissions and alarms carry it."
  }
}

variable "routes" {
  description = "Routes by method and path (\"POST /orders/{id}\"): the function that answers, passed whole; who is let in (inherit, none, jwt with scopes, iam); requests a second and burst; and how long to wait for the function."
  type = map(object({
    auth = optional(string, "inherit")
    function = object({
      alias_name = string
      arn        = string
      invoke_arn = string
      name       = string
      timeout    = number
    })
    scopes     = optional(list(string), [])
    throttle   = optional(object({ burst = number, rate = number }))
    timeout_ms = optional(number, 30000)
  }))
  nullable = false

  validation {
    condition     = length(var.routes) > 0
    error_message = "routes has 0 entries, and such an API answers nothing but 404: give at least one."
  }

  validation {
    condition     = alltrue([for key in keys(var.routes) : contains(local.methods, split(" ", key)[0])])
    error_message = "routes has the methods ${join(", ", distinct([for key in keys(var.routes) : split(" ", key)[0] if !contains(local.methods, split(" ", key)[0])]))}: API Gateway knows ${join(", ", local.methods)}."
  }

  validation {
    condition     = alltrue([for key in keys(var.routes) : can(regex("^[^ ]+ (/|(/([A-Za-z0-9._~:-]+|\\{[A-Za-z0-9._-]+\\}))*(/([A-Za-z0-9._~:-]+|\\{[A-Za-z0-9._-]+\\+?\\})))$", key))])
    error_message = "routes has ${join(", ", [for key in keys(var.routes) : "\"${key}\"" if !can(regex("^[^ ]+ (/|(/([A-Za-z0-9._~:-]+|\\{[A-Za-z0-9._-]+\\}))*(/([A-Za-z0-9._~:-]+|\\{[A-Za-z0-9._-]+\\+?\\})))$", key))])}: write a method, one space and a path, as \"GET /orders/{id}\"; {name+} may be the last segment only."
  }

  validation {
    condition     = alltrue([for key in keys(var.routes) : length(regexall("\\{[^}]+\\}", key)) == length(distinct(regexall("\\{[^}]+\\}", key)))])
    error_message = "routes has a parameter twice in ${join(", ", [for key in keys(var.routes) : key if length(regexall("\\{[^}]+\\}", key)) != length(distinct(regexall("\\{[^}]+\\}", key)))])}: a name has 1 value, so use two names."
  }

  validation {
    condition     = alltrue([for route in var.routes : contains(["iam", "inherit", "jwt", "none"], route.auth)])
    error_message = "routes has auth ${join(", ", distinct([for route in var.routes : route.auth if !contains(["iam", "inherit", "jwt", "none"], route.auth)]))}: a route knows inherit, none, jwt and iam."
  }

  validation {
    condition     = var.jwt == null ? alltrue([for route in var.routes : (route.auth == "inherit" ? var.auth : route.auth) != "jwt"]) : true
    error_message = "routes has auth jwt in ${join(", ", [for key, route in var.routes : key if(route.auth == "inherit" ? var.auth : route.auth) == "jwt"])} while jwt is null: say whose tokens are taken, jwt = { issuer = ..., audience = [...] }."
  }

  validation {
    condition     = alltrue([for route in var.routes : length(route.scopes) == 0 || (route.auth == "inherit" ? var.auth : route.auth) == "jwt"])
    error_message = "routes asks for scopes in ${join(", ", [for key, route in var.routes : "${key} (auth ${(route.auth == "inherit" ? var.auth : route.auth)})" if length(route.scopes) > 0 && (route.auth == "inherit" ? var.auth : route.auth) != "jwt"])}: only tokens have scopes, so set auth = \"jwt\"."
  }

  validation {
    condition     = alltrue([for route in var.routes : route.throttle == null ? true : route.throttle.rate > 0 && route.throttle.burst >= route.throttle.rate])
    error_message = "routes has ${join("; ", [for key, route in var.routes : "${key}: burst ${try(route.throttle.burst, 0)}, rate ${try(route.throttle.rate, 0)}" if !try(route.throttle.rate > 0 && route.throttle.burst >= route.throttle.rate, true)])}: give a rate above 0 and at least as much burst, or a second's worth of requests is refused in its first moment."
  }

  validation {
    condition     = alltrue([for route in var.routes : route.function.timeout * 1000 <= route.timeout_ms || route.timeout_ms < 50])
    error_message = "routes has functions that may outlast the wait for them (${join("; ", [for key, route in var.routes : "${key}: ${route.function.name} ${route.function.timeout * 1000} ms, timeout_ms ${route.timeout_ms}" if route.function.timeout * 1000 > route.timeout_ms])}): the client would get an error while the work goes on; shorten the function's timeout or raise timeout_ms."
  }

  validation {
    condition     = alltrue([for routes in values({ for key, route in var.routes : route.function.name => key... }) : length(routes) <= 50])
    error_message = "routes has ${join(", ", [for name, routes in { for key, route in var.routes : route.function.name => key... } : "${length(routes)} for ${name}" if length(routes) > 50])}, and a function's policy holds about 50 permissions: take some together with {name+} or ANY."
  }

  validation {
    condition     = alltrue([for route in var.routes : route.timeout_ms >= 50 && route.timeout_ms <= 30000 && floor(route.timeout_ms) == route.timeout_ms])
    error_message = "routes has timeout_ms ${join(", ", distinct([for route in var.routes : tostring(route.timeout_ms) if !(route.timeout_ms >= 50 && route.timeout_ms <= 30000 && floor(route.timeout_ms) == route.timeout_ms)]))}: an HTTP API takes whole numbers from 50 to 30000, and AWS raises that for nobody; take rest_api for more."
  }

  validation {
    condition     = alltrue([for route in var.routes : length(route.scopes) <= 10])
    error_message = "routes has ${join(", ", [for key, route in var.routes : "${length(route.scopes)} scopes in ${key}" if length(route.scopes) > 10])}, and an HTTP API takes 10: sum some of them up."
  }
}

variable "tags" {
  description = "Tags of everything that the module makes."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "throttle" {
  description = "Requests a second (rate) of each route, and how many may come at once (burst); routes with a throttle of their own aside."
  type        = object({ burst = number, rate = number })
  default     = { burst = 200, rate = 100 }
  nullable    = false

  validation {
    condition     = var.throttle.rate > 0 && var.throttle.burst >= var.throttle.rate
    error_message = "throttle.burst is ${var.throttle.burst} and throttle.rate ${var.throttle.rate}: give a rate above 0 and at least as much burst, or a second's worth of requests is refused in its first moment."
  }
}
