# What the parts are called, for outputs that have something of each.

locals {
  functions = {
    fulfilment         = module.fulfilment_tasks
    fulfilment_starter = module.fulfilment_starter
    order_import       = module.order_import
    order_notifier     = module.order_notifier
    order_publisher    = module.order_publisher
    orders_api         = module.orders_api
    orders_archive     = module.orders_archive
    orders_report      = module.orders_report
    payments           = module.payments
    stock              = module.stock
  }

  # Everything that raises alarms, by what it is called here.
  parts = merge({
    fulfilment         = module.fulfilment
    fulfilment_starter = module.fulfilment_starter
    fulfilment_tasks   = module.fulfilment_tasks
    import_failures    = module.import_failures
    nightly_archive    = module.nightly_archive
    nightly_report     = module.nightly_report
    notifications      = module.notifications
    order_changes      = module.order_changes
    order_events       = module.order_events
    order_import       = module.order_import
    order_notifier     = module.order_notifier
    order_publisher    = module.order_publisher
    orders             = module.orders
    orders_api         = module.orders_api
    orders_archive     = module.orders_archive
    orders_http        = module.orders_http
    orders_report      = module.orders_report
    orders_rest        = module.orders_rest
    orders_to_fulfil   = module.orders_to_fulfil
    orders_to_tell     = module.orders_to_tell
    orders_url         = module.orders_url
    payments           = module.payments
    payments_made      = module.payments_made
    rollback           = module.rollback
    stock              = module.stock
    stock_levels       = module.stock_levels
    uploads            = module.uploads
  }, { for name, part in { cdn = one(module.cdn) } : name => part if part != null })

  # And what is to be seen beside.
  shown = merge(local.parts, { records = module.records }, {
    for name, part in { edge = one(module.edge), site = one(module.site) } : name => part if part != null
  })
}
