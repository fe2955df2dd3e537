output "cdn" {
  description = "The distribution: ARN, domain and id."
  value       = { arn = module.cdn.arn, domain = module.cdn.domain, id = module.cdn.id }
}

output "echo" {
  description = "The function behind the URL: its name, the URL's domain, and what lets somebody call it."
  value       = { domain = module.echo_url.domain, grant = module.echo_url.grants.invoke, name = module.echo.name }
}

output "signer" {
  description = "The edge signer: the ARN of its version, its name, which is its role's too, and its log group."
  value       = { arn = module.signer.association.lambda_arn, log_group = module.signer.log_group_name, name = module.signer.name }
}
