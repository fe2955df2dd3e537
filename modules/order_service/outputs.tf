output "alarms" {
  description = "ARNs of the alarms by part and by what they watch."
  value       = { for name, part in local.parts : name => part.alarms }
}

output "apis" {
  description = "The doors to the API: url (signed with SigV4), http (a token of who signed in) and rest (a partner's token and API key)."
  value = {
    http = { id = module.orders_http.id, url = module.orders_http.url }
    rest = { id = module.orders_rest.id, plan_ids = module.orders_rest.plan_ids, stage = module.orders_rest.stage, url = module.orders_rest.url }
    url  = { url = module.orders_url.url }
  }
}

output "buckets" {
  description = "Names of the buckets: uploads (files under incoming/, reports on them under reports/) and records (archive/ and reports/ of the nights)."
  value       = { records = module.records.bucket, uploads = module.uploads.bucket }
}

output "cdn" {
  description = "The website: id, domain and URL of its distribution, and the bucket with its files; null when there is none."
  value       = var.cdn == null ? null : { bucket = module.site[0].bucket, domain = module.cdn[0].domain, id = module.cdn[0].id, url = module.cdn[0].url }
}

output "dashboard" {
  description = "The dashboard of all parts: name, and URL in the console."
  value       = { name = module.dashboard.name, url = module.dashboard.url }
}

output "functions" {
  description = "Names of the functions by the name of their package."
  value       = merge({ for package, function in local.functions : package => function.name }, { rollback = module.rollback.function_name })
}

output "grants" {
  description = "What others of this account can be allowed to do: approve orders, invoke the API by its URL, upload files, read the reports on them, read what the nights have left, bring back what lies in the dead-letter queues, move the aliases of the functions (rollout), see how all of it does and read the logs (status)."
  value = {
    approve        = module.orders_http.grants.invoke
    invoke         = module.orders_url.grants.invoke
    records        = module.records.grants.read["reports/"]
    redrive_fulfil = module.orders_to_fulfil.grants.redrive
    redrive_tell   = module.orders_to_tell.grants.redrive
    rollout        = local.rollout_grant
    status         = local.status_grant
    upload         = module.uploads.grants.upload["orders"]
    upload_reports = module.uploads.grants.results["orders"]
  }
}

output "identity" {
  description = "The user pool of staff and partners: its id, the client of the web page, where that may return to, and the domain of the sign-in page."
  value = {
    client_id     = aws_cognito_user_pool_client.web.id
    domain        = aws_cognito_user_pool_domain.staff.domain
    redirect_uris = var.web.callback_urls
    user_pool_id  = aws_cognito_user_pool.staff.id
  }
}

output "prefix" {
  description = "What every name begins with."
  value       = var.prefix
}

output "queues" {
  description = "The queues with what is behind them: names, and URLs of queue (null where there is only the other) and dead-letter queue, by what they are for."
  value = {
    fulfil          = { dlq_url = module.orders_to_fulfil.dlq.url, name = module.orders_to_fulfil.name, url = module.orders_to_fulfil.url }
    import_failures = { dlq_url = module.import_failures.url, name = module.import_failures.name, url = null }
    nightly_archive = { dlq_url = module.nightly_archive.dlq.url, name = module.nightly_archive.dlq.name, url = null }
    nightly_report  = { dlq_url = module.nightly_report.dlq.url, name = module.nightly_report.dlq.name, url = null }
    order_changes   = { dlq_url = module.order_changes.failure_queue.url, name = module.order_changes.failure_queue.name, url = null }
    rollback        = { dlq_url = module.rollback.dlq.url, name = module.rollback.dlq.name, url = null }
    tell            = { dlq_url = module.orders_to_tell.dlq.url, name = module.orders_to_tell.name, url = module.orders_to_tell.url }
  }
}

output "schedules" {
  description = "The nightly jobs: ARNs of the schedules and their group's name, by job."
  value = {
    archive = { arn = module.nightly_archive.arns.archive, group_name = module.nightly_archive.group_name }
    report  = { arn = module.nightly_report.arns.report, group_name = module.nightly_report.group_name }
  }
}

output "tables" {
  description = "Names of the tables by what they hold."
  value = {
    notifications = module.notifications.name
    orders        = module.orders.name
    payments      = module.payments_made.name
    stock         = module.stock_levels.name
  }
}

output "topic_arn" {
  description = "ARN of the topic that tells what happens to orders."
  value       = module.order_events.arn
}

output "widgets" {
  description = "Dashboard widgets of every part, each as JSON."
  value       = flatten([for part in local.shown : part.widgets])
}

output "workflow" {
  description = "The workflow that fulfils orders: its ARN."
  value       = { arn = module.fulfilment.arn }
}
