# What happens to an order is an event. The table's stream is the outbox, a topic hands each event to
# whoever subscribes: to those who start fulfilment and to those who tell the customer.

module "order_publisher" {
  source = "../function"

  name                 = "${var.prefix}-order-publisher"
  description          = "Publishes what happened to orders"
  alarms               = var.alarms
  canary               = local.rollout.order_publisher.canary
  environment          = { TOPIC_ARN = module.order_events.arn }
  grants               = { events = module.order_events.grants.publish }
  live_version         = local.rollout.order_publisher.live_version
  logs                 = var.logs
  package              = local.zip.order_publisher
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
  timeout              = 30
}

module "order_changes" {
  source = "../stream_consumer"

  name     = "${var.prefix}-order-changes"
  alarms   = var.alarms
  filter   = [jsonencode({ eventName = ["INSERT", "MODIFY"] })]
  function = module.order_publisher
  table    = module.orders
  tags     = var.tags
}

module "order_events" {
  source = "../topic"

  name   = "${var.prefix}-order-events"
  alarms = var.alarms
  tags   = var.tags
}

module "fulfilment_starter" {
  source = "../function"

  name                 = "${var.prefix}-fulfilment-starter"
  description          = "Starts the fulfilment of an order, once"
  alarms               = var.alarms
  canary               = local.rollout.fulfilment_starter.canary
  environment          = { STATE_MACHINE_ARN = module.fulfilment.arn }
  grants               = { fulfilment = module.fulfilment.grants.start }
  live_version         = local.rollout.fulfilment_starter.live_version
  logs                 = var.logs
  package              = local.zip.fulfilment_starter
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
  timeout              = 30
}

module "orders_to_fulfil" {
  source = "../queue_consumer"

  name          = "${var.prefix}-orders-to-fulfil"
  alarms        = var.alarms
  function      = module.fulfilment_starter
  subscriptions = { placed = { topic = module.order_events, filter = jsonencode({ type = ["order.placed"] }) } }
  tags          = var.tags
}

module "order_notifier" {
  source = "../function"

  name                 = "${var.prefix}-order-notifier"
  description          = "Writes the notifications that customers get"
  alarms               = var.alarms
  canary               = local.rollout.order_notifier.canary
  environment          = { TABLE_NAME = module.notifications.name }
  grants               = { notifications = merge(module.notifications.grants.put, { actions = ["dynamodb:BatchWriteItem"] }) }
  live_version         = local.rollout.order_notifier.live_version
  logs                 = var.logs
  package              = local.zip.order_notifier
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
  timeout              = 30
}

module "orders_to_tell" {
  source = "../queue_consumer"

  name     = "${var.prefix}-orders-to-tell"
  alarms   = var.alarms
  function = module.order_notifier
  tags     = var.tags

  subscriptions = {
    milestones = {
      topic  = module.order_events
      filter = jsonencode({ type = ["order.placed", "order.fulfilled", "order.failed", "order.cancelled"] })
    }
  }
}

module "notifications" {
  source = "../table"

  name                = "${var.prefix}-notifications"
  alarms              = var.alarms
  deletion_protection = var.deletion_protection
  partition_key       = { name = "id" }
  recovery_days       = var.recovery_days
  tags                = var.tags
  ttl_attribute       = "expires_at"
}
