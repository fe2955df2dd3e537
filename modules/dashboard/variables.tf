variable "name" {
  description = "Name of the dashboard; carry a prefix that is your own."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,255}$", var.name))
    error_message = "name is \"${var.name}\" of ${length(var.name)} characters: CloudWatch takes 1 to 255 letters, digits, hyphens and underscores."
  }
}

# CloudWatch's limits of a dashboard, as docs/data/quotas.json has them with their sources.
variable "parts" {
  description = "What the dashboard shows, by title: modules, whole (parts = { orders_api = module.orders_api }); each puts out its widgets."
  type        = map(object({ widgets = list(string) }))
  nullable    = false

  validation {
    condition     = alltrue([for widget in flatten([for part in var.parts : part.widgets]) : can(jsondecode(widget).properties)])
    error_message = "parts has widgets that are no JSON of a widget (${join(", ", [for name, part in var.parts : name if !alltrue([for widget in part.widgets : can(jsondecode(widget).properties)])])}): give modules, or jsonencode({ type = \"metric\", properties = { … } })."
  }

  # Each part has its title, and that is a widget.
  validation {
    condition     = length(var.widgets) + sum(concat([0], [for part in var.parts : 1 + length(part.widgets)])) <= 500
    error_message = "parts and widgets make ${length(var.widgets) + sum(concat([0], [for part in var.parts : 1 + length(part.widgets)]))} widgets, titles included, and a dashboard takes 500: make several dashboards."
  }

  validation {
    condition     = sum(concat([0], [for widget in concat(var.widgets, flatten([for part in var.parts : part.widgets])) : try(length(jsondecode(widget).properties.metrics), 0)])) <= 2500
    error_message = "parts and widgets show ${sum(concat([0], [for widget in concat(var.widgets, flatten([for part in var.parts : part.widgets])) : try(length(jsondecode(widget).properties.metrics), 0)]))} metrics, and a dashboard takes 2500: make several dashboards."
  }

  validation {
    condition     = alltrue([for widget in concat(var.widgets, flatten([for part in var.parts : part.widgets])) : try(length(jsondecode(widget).properties.metrics), 0) <= 500])
    error_message = "parts and widgets have a widget of ${max(0, [for widget in concat(var.widgets, flatten([for part in var.parts : part.widgets])) : try(length(jsondecode(widget).properties.metrics), 0)]...)} metrics, and one takes 500: make several widgets of it."
  }
}

variable "widgets" {
  description = "Widgets of your own above all parts, each as JSON, as AWS documents the body of a dashboard."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for widget in var.widgets : can(jsondecode(widget).properties)])
    error_message = "widgets has entries that are no JSON of a widget (${join(", ", [for number, widget in var.widgets : number if !can(jsondecode(widget).properties)])}): write jsonencode({ type = \"metric\", properties = { … } })."
  }
}
