output "boundaries" {
  description = "What permissions_boundary is in an environment's terraform.tfvars, by environment."
  value       = module.deploy.boundaries
}

output "buckets" {
  description = "Names of the state buckets by environment."
  value       = { for name, state in module.state : name => state.bucket }
}

output "roles" {
  description = "ARNs of the roles that pipelines take, by environment: plan and apply."
  value       = module.deploy.roles
}

output "session_policies" {
  description = "What pipelines pass as the session's policy, by environment."
  value       = module.deploy.session_policies
}

output "subjects" {
  description = "The subject that a token must have, by role and who signs it."
  value       = module.deploy.subjects
}
