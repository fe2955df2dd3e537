variable "bucket" {
  description = "Name of the bucket, unique among all accounts; carry a prefix that is your own."
  type        = string
  nullable    = false

  validation {
    # A dot is legal too, but breaks the certificate of <bucket>.s3.<region>.amazonaws.com.
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "bucket is \"${var.bucket}\" of ${length(var.bucket)} characters: use 3 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the states; null takes the key that S3 owns."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:\\d{12}:key/", var.kms_key_arn))
    error_message = "kms_key_arn is ${coalesce(var.kms_key_arn, "null")}: give the ARN of a KMS key, not an alias, since policies name keys."
  }
}

variable "old_versions" {
  description = "Versions of a state that were replaced: how many are always kept, and the days after which those beyond go."
  type = object({
    days = optional(number, 90)
    kept = optional(number, 20)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.old_versions.days >= 1 && floor(var.old_versions.days) == var.old_versions.days
    error_message = "old_versions.days is ${var.old_versions.days}: give whole days from 1."
  }

  validation {
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_NoncurrentVersionExpiration.html
    condition     = var.old_versions.kept >= 1 && var.old_versions.kept <= 100 && floor(var.old_versions.kept) == var.old_versions.kept
    error_message = "old_versions.kept is ${var.old_versions.kept}: S3 keeps 1 to 100 versions whatever their age."
  }
}

variable "states" {
  description = "Keys of the states in the bucket by environment, as { dev = \"lambda-blueprints/dev/terraform.tfstate\" }; grants are given for these."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.states) > 0
    error_message = "states is empty: name the key of each environment's state, as its backend.tf does."
  }

  validation {
    # What would be a wildcard or a variable in a policy.
    condition     = alltrue([for key in values(var.states) : can(regex("^[A-Za-z0-9!_.'()-][A-Za-z0-9!_.'()/-]*$", key))])
    error_message = "states has keys that match no object as they stand (${join(", ", [for name, key in var.states : "${name}: ${key}" if !can(regex("^[A-Za-z0-9!_.'()-][A-Za-z0-9!_.'()/-]*$", key))])}): use letters, digits and ! _ . ' ( ) / -, and no slash at the beginning."
  }

  validation {
    condition     = length(distinct(values(var.states))) == length(var.states)
    error_message = "states has ${length(var.states)} environments and ${length(distinct(values(var.states)))} keys: give each environment a key of its own, or one would overwrite the other."
  }
}

variable "tags" {
  description = "Tags of the bucket."
  type        = map(string)
  default     = {}
  nullable    = false
}
