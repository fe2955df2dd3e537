variable "alarms" {
  description = "Alarms: ARNs of topics that hear of them; null switches them off."
  type = object({
    actions = optional(list(string), [])
  })
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
  nullable = false
}

variable "approval" {
  description = "Orders of threshold or more (minor units, whatever the currency) wait for an approval, timeout seconds at the longest."
  type = object({
    threshold = optional(number, 100000)
    timeout   = optional(number, 86400)
  })
  nullable = false
}

variable "architecture" {
  description = "Instruction set that the packages were built for: arm64 or x86_64."
  type        = string
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
  nullable = true
}

variable "cron" {
  description = "The nightly jobs: the days after which an order leaves the table for the archive, when each job runs (cron expressions), and in which time zone days begin."
  type = object({
    archive            = optional(string, "cron(30 3-5 * * ? *)")
    archive_after_days = optional(number, 90)
    report             = optional(string, "cron(15 2 * * ? *)")
    timezone           = optional(string, "Europe/Berlin")
  })
  nullable = false
}

variable "deletion_protection" {
  description = "Whether tables, buckets with objects and the user pool are kept from being deleted."
  type        = bool
  nullable    = false
}

variable "environment" {
  description = "Kind of environment: development or production."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["development", "production"], var.environment)
    error_message = "environment is ${var.environment}: it is development or production."
  }
}

variable "images" {
  description = "Functions that are deployed as a container image in place of their zip: its URI in an ECR repository of the region, by the name of the package, which is orders_report or none."
  type        = map(string)
  nullable    = false
}

variable "logs" {
  description = "Logs of every function: least level and days of retention."
  type = object({
    level          = optional(string, "INFO")
    retention_days = optional(number, 30)
  })
  nullable = false
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
  nullable = false
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds every role, as envs/bootstrap puts it out (boundaries); null for none, which only somebody with more than a deploy role may apply."
  type        = string
  nullable    = true
}

variable "prefix" {
  description = "What every name begins with."
  type        = string
  nullable    = false
}

variable "recovery_days" {
  description = "Days that point-in-time recovery of the tables reaches back; null switches it off."
  type        = number
  nullable    = true
}

variable "region" {
  description = "AWS region of the environment."
  type        = string
  nullable    = false
}

variable "rollout" {
  description = "Gradual deployment, by the name of a function's package: the former version that keeps a share of the requests (canary), or the version that serves whatever is deployed (live_version), as make promote and make rollback print it."
  type = map(object({
    canary       = optional(object({ version = string, weight = number }))
    live_version = optional(string)
  }))
  nullable = false
}

variable "web" {
  description = "The store's page in the browser: where the sign-in page may return to (https, or http on localhost), and the origins that may call the APIs (none: no CORS)."
  type = object({
    callback_urls = list(string)
    origins       = optional(list(string), [])
  })
  nullable = false
}
