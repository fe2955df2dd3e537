variable "environments" {
  description = "Environments of this account by name: the bucket that its backend.hcl names, the key that its backend.tf names, the prefix of its terraform.tfvars, and with gitlab the branch or tag that deploys."
  type = map(object({
    bucket = string
    gitlab = optional(object({
      ref      = optional(string, "main")
      ref_type = optional(string, "branch")
    }), {})
    prefix    = string
    state_key = string
  }))
  nullable = false

  validation {
    condition     = length(distinct([for environment in var.environments : environment.bucket])) == length(var.environments)
    error_message = "environments has ${length(var.environments)} environments and ${length(distinct([for environment in var.environments : environment.bucket]))} buckets: give each a bucket of its own."
  }
}

variable "github" {
  description = "The GitHub repository that deploys; null for none."
  type = object({
    provider_arn = optional(string)
    repository   = string
  })
  nullable = true
}

variable "gitlab" {
  description = "The GitLab project that deploys; null for none."
  type = object({
    host         = optional(string, "gitlab.com")
    project      = string
    provider_arn = optional(string)
  })
  nullable = true
}

variable "region" {
  description = "AWS region of the state buckets and of the environments."
  type        = string
  nullable    = false
}
