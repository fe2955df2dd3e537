variable "alarms" {
  description = "Alarms: answers with 5xx as percent of all, failures of functions at the edge that are too many within five minutes (where there are such functions), and ARNs of topics in us-east-1 that hear of them; null for none."
  type = object({
    actions       = optional(list(string), [])
    edge_errors   = optional(number, 1)
    error_percent = optional(number, 5)
  })
  default  = {}
  nullable = true

  validation {
    condition     = var.alarms == null ? true : alltrue([for arn in var.alarms.actions : try(split(":", arn)[3], "") == local.home])
    error_message = "alarms.actions has ${try(join(", ", [for arn in var.alarms.actions : arn if try(split(":", arn)[3], "") != local.home]), "null")}: CloudFront's metrics are in us-east-1, and an alarm tells topics of its own region only."
  }

  validation {
    condition     = var.alarms == null ? true : var.alarms.edge_errors >= 1
    error_message = "alarms.edge_errors is ${try(var.alarms.edge_errors, "null")}: counts start at 1; leave alarms = null to have none."
  }

  validation {
    condition     = var.alarms == null ? true : var.alarms.error_percent > 0 && var.alarms.error_percent <= 100
    error_message = "alarms.error_percent is ${try(var.alarms.error_percent, "null")}: give more than 0 and at most 100; leave alarms = null to have none."
  }
}

variable "aliases" {
  description = "Domains of your own that the distribution answers to, as shop.example.com; they need certificate_arn, and a DNS alias to the outputs domain and hosted_zone_id."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for domain in var.aliases : can(regex(local.patterns.domain, domain))])
    error_message = "aliases are no domains (${join(", ", [for domain in var.aliases : domain if !can(regex(local.patterns.domain, domain))])}): give them in lower case and without a scheme, as shop.example.com or *.example.com."
  }

  validation {
    condition     = (length(var.aliases) > 0) == (var.certificate_arn != null)
    error_message = "aliases has ${length(var.aliases)} domains while certificate_arn is ${coalesce(var.certificate_arn, "null")}: CloudFront answers to domains that its certificate names; give both or neither."
  }
}

variable "behaviors" {
  description = "What goes where, the first path that matches: path (as /api/*), origin, edge functions (edge = [module.signer.association]), methods (all seven for a function URL, GET and HEAD for a bucket), and policies in place of CachingDisabled with AllViewerExceptHostHeader (function URL) and CachingOptimized (bucket)."
  type = list(object({
    cache_policy_id = optional(string)
    compress        = optional(bool, true)
    edge = optional(list(object({
      event        = string
      include_body = bool
      lambda_arn   = string
    })), [])
    methods                  = optional(list(string))
    origin                   = string
    origin_request_policy_id = optional(string)
    path                     = string
  }))
  default  = []
  nullable = false

  validation {
    condition     = alltrue([for behavior in var.behaviors : can(regex(local.patterns.path, behavior.path))])
    error_message = "behaviors have paths that match nothing (${join(", ", [for behavior in var.behaviors : behavior.path if !can(regex(local.patterns.path, behavior.path))])}): begin with a slash, and use letters, digits, _ - . * $ / ~ \" ' @ : + & and ?, 255 at most."
  }

  validation {
    condition     = length(distinct(var.behaviors[*].path)) == length(var.behaviors)
    error_message = "behaviors has ${length(var.behaviors)} entries for ${length(distinct(var.behaviors[*].path))} paths (${join(", ", var.behaviors[*].path)}): the second of the same path would never be asked; put them into one."
  }

  validation {
    condition     = alltrue([for function in flatten(var.behaviors[*].edge) : can(regex(local.patterns.version, function.lambda_arn))])
    error_message = "behaviors has edge functions ${join(", ", [for function in flatten(var.behaviors[*].edge) : function.lambda_arn if !can(regex(local.patterns.version, function.lambda_arn))])}: CloudFront takes numbered versions in us-east-1 only, as the output association of edge_function has them."
  }
}

variable "certificate_arn" {
  description = "ARN of the ACM certificate, in us-east-1, that names the aliases; null takes CloudFront's own for *.cloudfront.net."
  type        = string
  default     = null

  validation {
    condition     = var.certificate_arn == null ? true : can(regex("^arn:[a-z-]+:acm:${local.home}:\\d{12}:certificate/", var.certificate_arn))
    error_message = "certificate_arn is ${coalesce(var.certificate_arn, "null")}: CloudFront takes certificates of ACM in us-east-1 only; request one there."
  }
}

variable "default" {
  description = "What goes where no path of behaviors matches; the same fields but for the path. With a bucket, / is its index.html."
  type = object({
    cache_policy_id = optional(string)
    compress        = optional(bool, true)
    edge = optional(list(object({
      event        = string
      include_body = bool
      lambda_arn   = string
    })), [])
    methods                  = optional(list(string))
    origin                   = string
    origin_request_policy_id = optional(string)
  })
  nullable = false

  validation {
    condition     = alltrue([for function in var.default.edge : can(regex(local.patterns.version, function.lambda_arn))])
    error_message = "default has edge functions ${join(", ", [for function in var.default.edge : function.lambda_arn if !can(regex(local.patterns.version, function.lambda_arn))])}: CloudFront takes numbered versions in us-east-1 only, as the output association of edge_function has them."
  }
}

variable "description" {
  description = "What the distribution is for, for people who look at it in the console; its name if there is none."
  type        = string
  default     = null

  validation {
    condition     = var.description == null ? true : length(var.description) > 0 && length(var.description) <= 128
    error_message = "description has ${try(length(var.description), 0)} characters: CloudFront takes 1 to 128."
  }
}

variable "geo" {
  description = "Countries by their two letters: the only ones that are served (allow), or those that are not (block); null serves all."
  type = object({
    allow = optional(list(string), [])
    block = optional(list(string), [])
  })
  default = null

  validation {
    condition     = var.geo == null ? true : (length(var.geo.allow) > 0) != (length(var.geo.block) > 0)
    error_message = "geo has ${try(length(var.geo.allow), 0)} countries in allow and ${try(length(var.geo.block), 0)} in block: give exactly one of the two lists, or leave geo out."
  }

  validation {
    condition     = var.geo == null ? true : alltrue([for country in concat(var.geo.allow, var.geo.block) : can(regex("^[A-Z]{2}$", country))])
    error_message = "geo names ${try(join(", ", concat(var.geo.allow, var.geo.block)), "null")}: give countries by their two capital letters (ISO 3166-1), as DE."
  }
}

variable "log_bucket" {
  description = "The bucket that gets access logs, passed whole: log_bucket = module.logs, with statements = { cdn = module.cdn.statements.logs } there; null writes none."
  type = object({
    bucket = string
  })
  default = null
}

variable "name" {
  description = "What the names of all that belongs to the distribution begin with; carry a prefix that is your own."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9-]{0,47}$", var.name))
    error_message = "name is \"${var.name}\" of ${length(var.name)} characters: use letters, digits and hyphens, a letter first and 48 at most."
  }
}

variable "origins" {
  description = "Where answers come from, by name: exactly one of function_url (module.orders_url, with signing: edge, oac_with_hash or oac) and bucket (module.site.origin, or { domain = module.files.domain } of a bucket); headers that CloudFront sets on each request, whatever the viewer sent; a path that all requests are put under; and the seconds that CloudFront waits for a function URL."
  type = map(object({
    bucket = optional(object({
      domain = string
    }))
    clients_hash_bodies = optional(bool, false)
    function_url = optional(object({
      alias_name   = string
      domain       = string
      function_arn = string
      region       = string
    }))
    headers = optional(map(string), {})
    path    = optional(string, "")
    signing = optional(string)
    timeout = optional(number, 30)
  }))
  nullable = false

  validation {
    condition     = length(var.origins) > 0 && alltrue([for name in keys(var.origins) : can(regex(local.patterns.origin, name))])
    error_message = "origins are ${jsonencode(keys(var.origins))}: give at least one, named in snake_case of at most 24 characters."
  }

  validation {
    condition     = alltrue([for origin in var.origins : (origin.bucket == null) != (origin.function_url == null)])
    error_message = "origins has both or none of bucket and function_url in ${join(", ", [for name, origin in var.origins : name if(origin.bucket == null) == (origin.function_url == null)])}: give exactly one."
  }

  validation {
    condition     = alltrue([for origin in var.origins : origin.function_url == null ? true : contains(["edge", "oac", "oac_with_hash"], coalesce(origin.signing, "null"))])
    error_message = "origins has signing ${join(", ", [for name, origin in var.origins : "${name}: ${coalesce(origin.signing, "null")}" if origin.function_url == null ? false : !contains(["edge", "oac", "oac_with_hash"], coalesce(origin.signing, "null"))])}: say who signs for a function URL, edge (a function at the edge), oac_with_hash (CloudFront, with the hash of bodies from a function at the edge) or oac (CloudFront alone)."
  }

  validation {
    condition     = alltrue([for origin in var.origins : origin.bucket == null || origin.signing == null])
    error_message = "origins has signing for buckets (${join(", ", [for name, origin in var.origins : name if origin.bucket != null && origin.signing != null])}): CloudFront signs for a bucket in any case; leave it out."
  }

  validation {
    condition     = alltrue([for origin in var.origins : !origin.clients_hash_bodies || coalesce(origin.signing, "none") == "oac"])
    error_message = "origins has clients_hash_bodies in ${join(", ", [for name, origin in var.origins : name if origin.clients_hash_bodies && coalesce(origin.signing, "none") != "oac"])}, where a function at the edge hashes bodies, or there are none: it goes with signing = \"oac\" only."
  }

  validation {
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html
    condition     = alltrue([for name in flatten([for origin in var.origins : keys(origin.headers)]) : can(regex(local.patterns.header, name)) && !can(regex(local.patterns.kept_header, lower(name)))])
    error_message = "origins has headers ${join(", ", [for name in flatten([for origin in var.origins : keys(origin.headers)]) : name if !can(regex(local.patterns.header, name)) || can(regex(local.patterns.kept_header, lower(name)))])}: CloudFront keeps those that begin with X-Amz- and X-Edge- to itself, and the headers of a connection, a cache or a part; take a name of your own, of letters, digits and hyphens."
  }

  validation {
    condition     = alltrue([for origin in var.origins : origin.path == "" || can(regex("^/[A-Za-z0-9/._~-]*[A-Za-z0-9._~-]$", origin.path))])
    error_message = "origins has paths ${join(", ", [for name, origin in var.origins : "${name}: ${origin.path}" if origin.path != "" && !can(regex("^/[A-Za-z0-9/._~-]*[A-Za-z0-9._~-]$", origin.path))])}: begin with a slash and end without one, as /v1."
  }

  validation {
    condition     = alltrue([for origin in var.origins : origin.timeout >= 1 && origin.timeout <= 120 && floor(origin.timeout) == origin.timeout])
    error_message = "origins has timeout ${join(", ", [for name, origin in var.origins : "${name}: ${origin.timeout}" if !(origin.timeout >= 1 && origin.timeout <= 120 && floor(origin.timeout) == origin.timeout)])} s: CloudFront takes whole numbers from 1 to 120."
  }
}

variable "price_class" {
  description = "Where CloudFront answers: PriceClass_100 (North America, Europe), PriceClass_200 (and Asia, Africa, the Middle East) or PriceClass_All."
  type        = string
  default     = "PriceClass_100"
  nullable    = false

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.price_class)
    error_message = "price_class is ${var.price_class}: CloudFront knows PriceClass_100, PriceClass_200 and PriceClass_All."
  }
}

variable "security_headers" {
  description = "What browsers are told with each answer: where a page may load from (null leaves it to the origin), who may frame it (DENY, SAMEORIGIN), for how many days they must use https, and how much of the address goes to other sites; null for none."
  type = object({
    content_security_policy = optional(string, "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'")
    frames                  = optional(string, "DENY")
    hsts_days               = optional(number, 365)
    hsts_subdomains         = optional(bool, false)
    referrer                = optional(string, "strict-origin-when-cross-origin")
  })
  default  = {}
  nullable = true

  validation {
    condition     = var.security_headers == null ? true : contains(["DENY", "SAMEORIGIN"], var.security_headers.frames)
    error_message = "security_headers.frames is ${try(var.security_headers.frames, "null")}: browsers know DENY and SAMEORIGIN."
  }

  validation {
    condition     = var.security_headers == null ? true : var.security_headers.hsts_days >= 1 && floor(var.security_headers.hsts_days) == var.security_headers.hsts_days
    error_message = "security_headers.hsts_days is ${try(var.security_headers.hsts_days, "null")}: give whole days from 1."
  }

  validation {
    condition     = var.security_headers == null ? true : contains(["no-referrer", "no-referrer-when-downgrade", "origin", "origin-when-cross-origin", "same-origin", "strict-origin", "strict-origin-when-cross-origin", "unsafe-url"], var.security_headers.referrer)
    error_message = "security_headers.referrer is ${try(var.security_headers.referrer, "null")}: CloudFront knows no-referrer, no-referrer-when-downgrade, origin, origin-when-cross-origin, same-origin, strict-origin, strict-origin-when-cross-origin and unsafe-url."
  }
}

variable "tags" {
  description = "Tags of everything that the module makes."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "web_acl_arn" {
  description = "ARN of the web ACL (WAF, scope CLOUDFRONT) that requests go through; null for none."
  type        = string
  default     = null

  validation {
    condition     = var.web_acl_arn == null ? true : can(regex("^arn:[a-z-]+:wafv2:${local.home}:\\d{12}:global/webacl/", var.web_acl_arn))
    error_message = "web_acl_arn is ${coalesce(var.web_acl_arn, "null")}: CloudFront takes web ACLs of WAFv2 with the scope CLOUDFRONT, which are in us-east-1 and have global in their ARN."
  }
}
