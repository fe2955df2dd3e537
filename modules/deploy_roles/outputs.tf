output "boundaries" {
  description = "ARNs of the permissions boundaries by environment: what its permissions_boundary is."
  value       = local.boundaries
  depends_on  = [aws_iam_policy.boundary]
}

output "roles" {
  description = "ARNs of the roles by environment: plan and apply."
  value = {
    for key in keys(var.environments) : key => {
      for kind in ["apply", "plan"] : kind => "arn:${local.partition}:iam::${local.account_id}:role/${local.roles["${key}-${kind}"].name}"
    }
  }
  depends_on = [aws_iam_role_policy.state, aws_iam_role_policy_attachment.deploy]
}

output "session_policies" {
  description = "What a pipeline passes as the session's policy, by environment, in JSON of at most 2048 characters."
  value       = local.session_policies

  precondition {
    condition     = alltrue([for policy in values(local.session_policies) : length(policy) <= 2048])
    error_message = "session_policies have ${join(", ", [for key, policy in local.session_policies : "${key}: ${length(policy)}"])} characters, and STS takes 2048: use shorter prefixes, names of buckets and keys."
  }
}

output "subjects" {
  description = "The subject that a token must have, by role and who signs it."
  value       = local.subjects
}
