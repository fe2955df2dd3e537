# One screen for all parts, what the business asks for first.

data "aws_region" "current" {}

locals {
  # As shared/metrics.py writes them: by the function that counts.
  business = {
    "Orders placed"               = [["OrdersPlaced", module.orders_api.name]]
    "Rows of files"               = [["RowsImported", module.order_import.name], ["RowsRefused", module.order_import.name]]
    "Payments that were declined" = [["PaymentsDeclined", module.payments.name]]
  }
}

module "dashboard" {
  source = "../dashboard"

  name  = var.prefix
  parts = local.shown

  widgets = [
    for title, metrics in local.business : jsonencode({
      type   = "metric"
      width  = 8
      height = 6
      properties = {
        title   = title
        region  = data.aws_region.current.id
        period  = 300
        metrics = [for metric in metrics : ["OrderService", metric[0], "FunctionName", metric[1], { stat = "Sum" }]]
      }
    })
  ]
}
