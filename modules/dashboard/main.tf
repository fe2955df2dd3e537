data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  # `id` is the region's name in every provider major from 5 to 6; `name` and `region` are not.
  region = data.aws_region.current.id

  # Without x and y CloudWatch puts each widget into the next free place, row by row.
  parts = flatten([
    for name, part in var.parts : concat(
      [{ type = "text", width = 24, height = 1, properties = { markdown = "## ${replace(name, "_", " ")}" } }],
      [for widget in part.widgets : jsondecode(widget)],
    )
  ])

  body = jsonencode({ widgets = concat([for widget in var.widgets : jsondecode(widget)], local.parts) })
}

resource "aws_cloudwatch_dashboard" "dashboard" {
  dashboard_body = local.body
  dashboard_name = var.name
}
