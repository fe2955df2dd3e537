variable "environments" {
  description = "Environments of this account by name: what the names of all that is deployed begin with, what the module state_bucket grants on the state, and with gitlab the branch or tag that deploys."
  type = map(object({
    gitlab = optional(object({
      ref      = optional(string, "main")
      ref_type = optional(string, "branch")
    }), {})
    prefix = string
    state = object({
      read = object({
        actions    = list(string)
        resources  = list(string)
        conditions = optional(map(map(list(string))), {})
        also = optional(list(object({
          actions    = list(string)
          resources  = list(string)
          conditions = optional(map(map(list(string))), {})
        })), [])
      })
      write = object({
        actions    = list(string)
        resources  = list(string)
        conditions = optional(map(map(list(string))), {})
        also = optional(list(object({
          actions    = list(string)
          resources  = list(string)
          conditions = optional(map(map(list(string))), {})
        })), [])
      })
    })
  }))
  nullable = false

  validation {
    condition     = length(var.environments) > 0
    error_message = "environments is empty: name at least one, as { dev = { prefix = \"orders-dev\", state = … } }."
  }

  validation {
    # A plan role is of the GitHub environment <name>-plan.
    condition     = alltrue([for name in keys(var.environments) : can(regex("^[a-z][a-z0-9-]{0,19}$", name)) && !endswith(name, "-plan")])
    error_message = "environments has the names ${join(", ", keys(var.environments))}: use at most 20 lower-case letters, digits and hyphens, a letter first, and do not end in -plan, which is how the GitHub environment of a plan ends."
  }

  validation {
    condition     = alltrue([for environment in var.environments : can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", environment.prefix))])
    error_message = "environments has the prefixes ${join(", ", [for environment in var.environments : environment.prefix])}: use 3 to 32 lower-case letters, digits and hyphens, a letter first and no hyphen last."
  }

  validation {
    condition = alltrue([
      for pair in setproduct(keys(var.environments), keys(var.environments)) :
      pair[0] == pair[1] || !startswith("${var.environments[pair[1]].prefix}-", "${var.environments[pair[0]].prefix}-")
    ])
    error_message = "environments has prefixes of which one begins with another (${join(", ", [for environment in var.environments : environment.prefix])}): who deploys the one could change the other. Give each a prefix of its own, as orders-dev and orders-prod."
  }

  validation {
    condition     = alltrue([for environment in var.environments : !startswith("${var.name}-", "${environment.prefix}-")])
    error_message = "environments has the prefix ${join(", ", [for environment in var.environments : environment.prefix if startswith("${var.name}-", "${environment.prefix}-")])}, and the deploy roles begin with ${var.name}-: they could change themselves. Give another name."
  }

  validation {
    condition     = alltrue([for environment in var.environments : contains(["branch", "tag"], environment.gitlab.ref_type) && can(regex("^[A-Za-z0-9._/-]+$", environment.gitlab.ref))])
    error_message = "environments deploys from ${join(", ", [for name, environment in var.environments : "${name}: ${environment.gitlab.ref_type} ${environment.gitlab.ref}"])}: name one branch or tag each, without a wildcard."
  }
}

variable "github" {
  description = "The GitHub repository whose jobs in the environments <name> and <name>-plan take the roles, and the ARN of GitHub's provider where this account has it already; null for none."
  type = object({
    provider_arn = optional(string)
    repository   = string
  })
  default = null

  validation {
    # Of repositories since July 2026 a token names the ids too: owner@1234/name@5678.
    condition     = var.github == null ? true : can(regex("^[A-Za-z0-9-]+(@\\d+)?/[A-Za-z0-9._-]+(@\\d+)?$", var.github.repository))
    error_message = "github.repository is \"${try(var.github.repository, "null")}\": name one repository as its tokens do, owner/name or owner@1234/name@5678, without a wildcard."
  }

  validation {
    condition     = try(var.github.provider_arn, null) == null ? true : endswith(var.github.provider_arn, ":oidc-provider/token.actions.githubusercontent.com")
    error_message = "github.provider_arn is ${try(coalesce(var.github.provider_arn, "null"), "null")}: give the ARN of the provider token.actions.githubusercontent.com, or leave it out and it is made."
  }
}

variable "gitlab" {
  description = "The GitLab project whose jobs on the environments' branches or tags take the roles, on which host, and the ARN of the host's provider where this account has it already; null for none."
  type = object({
    host         = optional(string, "gitlab.com")
    project      = string
    provider_arn = optional(string)
  })
  default = null

  validation {
    condition     = var.gitlab != null || var.github != null
    error_message = "github and gitlab are null, so nobody could take the roles: give one, or both."
  }

  validation {
    condition     = var.gitlab == null ? true : can(regex("^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$", var.gitlab.project))
    error_message = "gitlab.project is \"${try(var.gitlab.project, "null")}\": name one project by its path, group/project, without a wildcard."
  }

  validation {
    condition     = var.gitlab == null ? true : can(regex("^[a-z0-9.-]+$", var.gitlab.host))
    error_message = "gitlab.host is \"${try(var.gitlab.host, "null")}\": give the name of the host alone, as gitlab.com."
  }

  validation {
    condition     = try(var.gitlab.provider_arn, null) == null ? true : endswith(var.gitlab.provider_arn, ":oidc-provider/${var.gitlab.host}")
    error_message = "gitlab.provider_arn is ${try(coalesce(var.gitlab.provider_arn, "null"), "null")}: give the ARN of the provider ${try(var.gitlab.host, "null")}, or leave it out and it is made."
  }
}

variable "name" {
  description = "What the names of roles and boundaries begin with; no environment's prefix."
  type        = string
  default     = "deploy"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "name is \"${var.name}\" of ${length(var.name)} characters: use 3 to 32 lower-case letters, digits and hyphens, a letter first and no hyphen last."
  }
}

variable "session_seconds" {
  description = "Seconds that a role is taken for at the longest."
  type        = number
  default     = 3600
  nullable    = false

  validation {
    condition     = var.session_seconds >= 3600 && var.session_seconds <= 43200 && floor(var.session_seconds) == var.session_seconds
    error_message = "session_seconds is ${var.session_seconds}: IAM takes 3600 to 43200."
  }
}

variable "tags" {
  description = "Tags of everything that the module makes."
  type        = map(string)
  default     = {}
  nullable    = false
}
