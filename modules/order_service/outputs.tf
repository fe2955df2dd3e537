output "alarms" {
  description = "ARNs of the alarms by part and by what they watch."
  value       = { orders = module.orders.alarms, orders_api = module.orders_api.alarms }
}

output "functions" {
  description = "Names of the functions by the name of their package."
  value       = { orders_api = module.orders_api.name }
}

output "grants" {
  description = "What others of this account can be allowed to do: invoke the API."
  value       = { invoke = module.orders_url.grants.invoke }
}

output "table" {
  description = "Name of the table that holds the orders."
  value       = module.orders.name
}

output "url" {
  description = "URL of the API; requests are signed with SigV4 for the service lambda."
  value       = module.orders_url.url
}

output "widgets" {
  description = "Dashboard widgets of every part."
  value       = concat(module.orders_api.widgets, module.orders.widgets)
}
