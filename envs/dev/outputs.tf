output "functions" {
  description = "Names of the functions by the name of their package."
  value       = module.order_service.functions
}

output "grants" {
  description = "What identities of this account can be allowed to do."
  value       = module.order_service.grants
}

output "table" {
  description = "Name of the table that holds the orders."
  value       = module.order_service.table
}

output "url" {
  description = "URL of the API; requests are signed with SigV4 for the service lambda."
  value       = module.order_service.url
}
