output "apis" {
  description = "The doors to the API: url (signed with SigV4), http (a token of who signed in) and rest (a partner's token and API key)."
  value       = module.order_service.apis
}

output "buckets" {
  description = "Names of the buckets: uploads (files under incoming/, reports on them under reports/) and records (archive/ and reports/ of the nights)."
  value       = module.order_service.buckets
}

output "cdn" {
  description = "The website: id, domain and URL of its distribution, and the bucket with its files; null when there is none."
  value       = module.order_service.cdn
}

output "dashboard" {
  description = "The dashboard of all parts: name, and URL in the console."
  value       = module.order_service.dashboard
}

output "functions" {
  description = "Names of the functions by the name of their package."
  value       = module.order_service.functions
}

output "grants" {
  description = "What others of this account can be allowed to do: approve orders, invoke the API by its URL, upload files, read the reports on them, read what the nights have left, bring back what lies in the dead-letter queues."
  value       = module.order_service.grants
}

output "identity" {
  description = "The user pool of staff and partners: its id, the client of the web page, where that may return to, and the domain of the sign-in page."
  value       = module.order_service.identity
}

output "prefix" {
  description = "What every name begins with."
  value       = module.order_service.prefix
}

output "queues" {
  description = "The queues with what is behind them: names, and URLs of queue (null where there is only the other) and dead-letter queue, by what they are for."
  value       = module.order_service.queues
}

output "schedules" {
  description = "The nightly jobs: ARNs of the schedules and their group's name, by job."
  value       = module.order_service.schedules
}

output "tables" {
  description = "Names of the tables by what they hold."
  value       = module.order_service.tables
}

output "topic_arn" {
  description = "ARN of the topic that tells what happens to orders."
  value       = module.order_service.topic_arn
}

output "workflow" {
  description = "The workflow that fulfils orders: its ARN."
  value       = module.order_service.workflow
}
