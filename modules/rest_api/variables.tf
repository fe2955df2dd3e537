variable "access_log" {
  description = "Access log, one JSON object a request: days of retention and a KMS key; needs the account's CloudWatch role of API Gateway; null writes none."
  type = object({
    kms_key_arn    = optional(string)
    retention_days = optional(number, 30)
  })
  default = null

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
  description = "Who is let in by routes with auth inherit: iam (signed requests of identities that are allowed to), cognito (tokens of a user pool) or none (everybody)."
  type        = string
  default     = "iam"
  nullable    = false

  validation {
    condition     = contains(["cognito", "iam", "none"], var.auth)
    error_message = "auth is ${var.auth}: a REST API knows cognito, iam and none."
  }
}

variable "cognito" {
  description = "User pools whose tokens routes with auth cognito take; null for no such routes."
  type = object({
    user_pool_arns = list(string)
  })
  default = null

  validation {
    condition     = var.cognito == null ? true : length(var.cognito.user_pool_arns) > 0 && alltrue([for arn in var.cognito.user_pool_arns : can(regex("^arn:[a-z-]+:cognito-idp:[a-z0-9-]+:\\d{12}:userpool/", arn))])
    error_message = "cognito.user_pool_arns is [${try(join(", ", var.cognito.user_pool_arns), "")}]: give the ARN of at least one user pool, as aws_cognito_user_pool puts it out."
  }
}

variable "cors" {
  description = "Which browser origins may call: API Gateway answers their preflights, and its own errors carry the headers; null for none."
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

variable "ip" {
  description = "Addresses (CIDR) that may call, all when allow is empty, and that may not, which wins; null restricts none."
  type = object({
    allow = optional(list(string), [])
    deny  = optional(list(string), [])
  })
  default = null

  validation {
    condition     = var.ip == null ? true : alltrue([for cidr in concat(var.ip.allow, var.ip.deny) : can(cidrhost(cidr, 0))])
    error_message = "ip has ${try(join(", ", [for cidr in concat(var.ip.allow, var.ip.deny) : cidr if !can(cidrhost(cidr, 0))]), "")}: give CIDR blocks, as 203.0.113.0/24 or 2001:db8::/32; one address is 203.0.113.7/32."
  }

  validation {
    condition     = var.ip == null ? true : length(var.ip.allow) + length(var.ip.deny) > 0
    error_message = "ip has 0 blocks in allow and 0 in deny: give at least one, or leave ip = null."
  }

  validation {
    condition     = var.ip == null ? true : alltrue([for cidr in concat(var.ip.allow, var.ip.deny) : can(cidrhost(cidr, 0)) ? tonumber(split("/", cidr)[1]) > 0 : true])
    error_message = "ip has ${try(join(", ", [for cidr in concat(var.ip.allow, var.ip.deny) : cidr if endswith(cidr, "/0")]), "")}, which is every address: name the blocks that are meant."
  }
}

variable "key_values" {
  description = "Values of API keys by name, for keys that must have a certain value (brought over from another API, or on a local AWS); API Gateway makes up the others."
  type        = map(string)
  default     = {}
  nullable    = false
  sensitive   = true

  validation {
    condition     = alltrue([for value in values(var.key_values) : length(value) >= 20 && length(value) <= 128])
    error_message = "key_values has values of ${nonsensitive(join(", ", [for value in values(var.key_values) : tostring(length(value))]))} characters: API Gateway takes 20 to 128."
  }

  validation {
    condition     = length(setsubtract(keys(var.key_values), keys(local.keys))) == 0
    error_message = "key_values names ${nonsensitive(join(", ", setsubtract(keys(var.key_values), keys(local.keys))))}, which no plan has among its keys: name it there, or take it out."
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

variable "plans" {
  description = "Usage plans by name: requests a second and burst of each of its API keys, the keys by name, a quota (limit in each DAY, WEEK or MONTH), and less for single routes."
  type = map(object({
    keys = optional(set(string), [])
    quota = optional(object({
      limit  = number
      period = optional(string, "MONTH")
    }))
    routes   = optional(map(object({ burst = number, rate = number })), {})
    throttle = object({ burst = number, rate = number })
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for plan in var.plans : alltrue([for limit in concat([plan.throttle], values(plan.routes)) : limit.rate > 0 && limit.burst >= limit.rate])])
    error_message = "plans has ${join("; ", flatten([for name, plan in var.plans : [for limit in concat([plan.throttle], values(plan.routes)) : "${name}: burst ${limit.burst}, rate ${limit.rate}" if !(limit.rate > 0 && limit.burst >= limit.rate)]]))}: give a rate above 0 and at least as much burst, or a second's worth of requests is refused in its first moment."
  }

  validation {
    condition     = alltrue([for plan in var.plans : plan.quota == null ? true : contains(["DAY", "WEEK", "MONTH"], plan.quota.period)])
    error_message = "plans has quotas by ${join(", ", distinct([for plan in var.plans : plan.quota.period if plan.quota != null]))}: API Gateway counts by DAY, WEEK or MONTH."
  }

  validation {
    condition     = alltrue([for plan in var.plans : plan.quota == null ? true : plan.quota.limit >= 1])
    error_message = "plans has quotas of ${join(", ", [for plan in var.plans : tostring(plan.quota.limit) if plan.quota != null])} requests: give at least 1, or no quota."
  }

  validation {
    condition     = length(flatten([for plan in var.plans : tolist(plan.keys)])) == length(distinct(flatten([for plan in var.plans : tolist(plan.keys)])))
    error_message = "plans names ${length(flatten([for plan in var.plans : tolist(plan.keys)]))} keys, of which ${length(distinct(flatten([for plan in var.plans : tolist(plan.keys)])))} differ: a key is in one plan of a stage only."
  }

  validation {
    condition     = alltrue([for name in concat(keys(var.plans), flatten([for plan in var.plans : tolist(plan.keys)])) : can(regex("^[A-Za-z0-9_-]{1,64}$", name))])
    error_message = "plans has names that make no name (${join(", ", [for name in concat(keys(var.plans), flatten([for plan in var.plans : tolist(plan.keys)])) : name if !can(regex("^[A-Za-z0-9_-]{1,64}$", name))])}): use letters, digits, hyphens and underscores, 64 at most."
  }

  validation {
    condition     = length(setsubtract(flatten([for plan in var.plans : keys(plan.routes)]), [for key, route in var.routes : key if route.api_key])) == 0
    error_message = "plans limits ${join(", ", setsubtract(flatten([for plan in var.plans : keys(plan.routes)]), [for key, route in var.routes : key if route.api_key]))}, which is no route with api_key = true: a plan counts only requests that must carry a key."
  }

  validation {
    condition     = length(var.plans) > 0 ? true : alltrue([for route in var.routes : !route.api_key])
    error_message = "routes asks for an API key in ${join(", ", [for key, route in var.routes : key if route.api_key])} while plans has 0 entries: no key would open it, so give a plan with keys."
  }
}

variable "quota_raised" {
  description = "Says that AWS has raised the account's quota of the integration timeout, so that routes may wait for longer than 29 s."
  type        = bool
  default     = false
  nullable    = false
}

variable "routes" {
  description = "Routes by method and path (\"POST /orders/{id}\"): the function that answers, passed whole; who is let in (inherit, none, cognito with scopes, iam) and whether an API key is needed; what is checked before (JSON Schema of the body, required query parameters and headers); requests a second and burst; and how long to wait for the function."
  type = map(object({
    api_key = optional(bool, false)
    auth    = optional(string, "inherit")
    function = object({
      alias_name = string
      arn        = string
      invoke_arn = string
      name       = string
      timeout    = number
    })
    scopes     = optional(list(string), [])
    throttle   = optional(object({ burst = number, rate = number }))
    timeout_ms = optional(number, 29000)
    validate = optional(object({
      body    = optional(string)
      headers = optional(list(string), [])
      query   = optional(list(string), [])
    }), {})
  }))
  nullable = false

  validation {
    condition     = length(var.routes) > 0
    error_message = "routes has 0 entries, and an API without a method cannot be deployed: give at least one."
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
    condition     = alltrue([for key in keys(var.routes) : length(compact(split("/", try(split(" ", key)[1], "")))) <= 5])
    error_message = "routes has paths of ${join(", ", [for key in keys(var.routes) : "${length(compact(split("/", try(split(" ", key)[1], ""))))} segments (${key})" if length(compact(split("/", try(split(" ", key)[1], "")))) > 5])}, and this module makes 5: shorten them, or take the rest as {name+}."
  }

  validation {
    condition     = alltrue([for key in keys(var.routes) : length(regexall("\\{[^}]+\\}", key)) == length(distinct(regexall("\\{[^}]+\\}", key)))])
    error_message = "routes has a parameter twice in ${join(", ", [for key in keys(var.routes) : key if length(regexall("\\{[^}]+\\}", key)) != length(distinct(regexall("\\{[^}]+\\}", key)))])}: a name has 1 value, so use two names."
  }

  validation {
    condition     = alltrue([for route in var.routes : contains(["cognito", "iam", "inherit", "none"], route.auth)])
    error_message = "routes has auth ${join(", ", distinct([for route in var.routes : route.auth if !contains(["cognito", "iam", "inherit", "none"], route.auth)]))}: a route knows inherit, none, cognito and iam."
  }

  validation {
    condition     = var.cognito == null ? alltrue([for route in var.routes : (route.auth == "inherit" ? var.auth : route.auth) != "cognito"]) : true
    error_message = "routes has auth cognito in ${join(", ", [for key, route in var.routes : key if(route.auth == "inherit" ? var.auth : route.auth) == "cognito"])} while cognito is null: say whose tokens are taken, cognito = { user_pool_arns = [...] }."
  }

  validation {
    condition     = alltrue([for route in var.routes : length(route.scopes) == 0 || (route.auth == "inherit" ? var.auth : route.auth) == "cognito"])
    error_message = "routes asks for scopes in ${join(", ", [for key, route in var.routes : "${key} (auth ${(route.auth == "inherit" ? var.auth : route.auth)})" if length(route.scopes) > 0 && (route.auth == "inherit" ? var.auth : route.auth) != "cognito"])}: only tokens have scopes, so set auth = \"cognito\"."
  }

  validation {
    condition     = alltrue([for route in var.routes : route.throttle == null ? true : route.throttle.rate > 0 && route.throttle.burst >= route.throttle.rate])
    error_message = "routes has ${join("; ", [for key, route in var.routes : "${key}: burst ${try(route.throttle.burst, 0)}, rate ${try(route.throttle.rate, 0)}" if !try(route.throttle.rate > 0 && route.throttle.burst >= route.throttle.rate, true)])}: give a rate above 0 and at least as much burst, or a second's worth of requests is refused in its first moment."
  }

  validation {
    condition     = alltrue([for route in var.routes : route.timeout_ms >= 50 && route.timeout_ms <= 300000 && floor(route.timeout_ms) == route.timeout_ms])
    error_message = "routes has timeout_ms ${join(", ", distinct([for route in var.routes : tostring(route.timeout_ms) if !(route.timeout_ms >= 50 && route.timeout_ms <= 300000 && floor(route.timeout_ms) == route.timeout_ms)]))}: API Gateway takes whole numbers from 50 to 29000, and to 300000 once the quota is raised."
  }

  validation {
    condition     = var.quota_raised ? true : alltrue([for route in var.routes : route.timeout_ms <= 29000 || route.timeout_ms > 300000])
    error_message = "routes has timeout_ms ${join(", ", distinct([for route in var.routes : tostring(route.timeout_ms) if route.timeout_ms > 29000]))}, and API Gateway waits for 29000: shorten it, or have the quota raised and say quota_raised = true."
  }

  validation {
    condition     = alltrue([for route in var.routes : route.function.timeout * 1000 <= route.timeout_ms || route.timeout_ms < 50])
    error_message = "routes has functions that may outlast the wait for them (${join("; ", [for key, route in var.routes : "${key}: ${route.function.name} ${route.function.timeout * 1000} ms, timeout_ms ${route.timeout_ms}" if route.function.timeout * 1000 > route.timeout_ms])}): the client would get 504 while the work goes on; shorten the function's timeout or raise timeout_ms."
  }

  validation {
    condition     = alltrue([for route in var.routes : route.validate.body == null ? true : can(keys(jsondecode(route.validate.body)))])
    error_message = "routes has a validate.body that is no JSON object in ${join(", ", [for key, route in var.routes : key if route.validate.body == null ? false : !can(keys(jsondecode(route.validate.body)))])}: give a JSON Schema as text, as file(\"order.schema.json\") does."
  }

  validation {
    condition     = alltrue([for route in var.routes : route.validate.body == null ? true : can(regex("draft-04/schema", try(jsondecode(route.validate.body)["$schema"], "draft-04/schema")))])
    error_message = "routes has validate.body of ${join(", ", distinct([for route in var.routes : jsondecode(route.validate.body)["$schema"] if route.validate.body == null ? false : !can(regex("draft-04/schema", try(jsondecode(route.validate.body)["$schema"], "draft-04/schema")))]))}: API Gateway knows JSON Schema draft 4, http://json-schema.org/draft-04/schema#."
  }

  validation {
    condition     = alltrue([for routes in values({ for key, route in var.routes : route.function.name => key... }) : length(routes) <= 50])
    error_message = "routes has ${join(", ", [for name, routes in { for key, route in var.routes : route.function.name => key... } : "${length(routes)} for ${name}" if length(routes) > 50])}, and a function's policy holds about 50 permissions: take some together with {name+} or ANY."
  }
}

variable "stage" {
  description = "Name of the stage, which is the first segment of the URL's path."
  type        = string
  default     = "live"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,128}$", var.stage))
    error_message = "stage is \"${var.stage}\" of ${length(var.stage)} characters: API Gateway takes 1 to 128 letters, digits, hyphens and underscores."
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

variable "tracing" {
  description = "Whether X-Ray traces the requests it samples."
  type        = bool
  default     = true
  nullable    = false
}
