locals {
  # Key -> the one plan that it is in.
  keys = merge([for plan_name, plan in var.plans : { for name in plan.keys : name => plan_name }]...)
}

resource "aws_api_gateway_usage_plan" "plan" {
  for_each = var.plans

  name = "${var.name}-${each.key}"
  tags = var.tags

  api_stages {
    api_id = aws_api_gateway_rest_api.api.id
    stage  = aws_api_gateway_stage.stage.stage_name

    dynamic "throttle" {
      for_each = each.value.routes

      content {
        burst_limit = throttle.value.burst
        path        = "${local.routes[throttle.key].path}/${local.routes[throttle.key].method}"
        rate_limit  = throttle.value.rate
      }
    }
  }

  dynamic "quota_settings" {
    for_each = each.value.quota == null ? [] : [each.value.quota]

    content {
      limit  = quota_settings.value.limit
      period = quota_settings.value.period
    }
  }

  throttle_settings {
    burst_limit = each.value.throttle.burst
    rate_limit  = each.value.throttle.rate
  }
}

resource "aws_api_gateway_api_key" "key" {
  for_each = local.keys

  name        = "${var.name}-${each.key}"
  description = "Key of plan ${each.value} of ${var.name}"
  tags        = var.tags
  value       = lookup(var.key_values, each.key, null)
}

resource "aws_api_gateway_usage_plan_key" "key" {
  for_each = local.keys

  key_id        = aws_api_gateway_api_key.key[each.key].id
  key_type      = "API_KEY"
  usage_plan_id = aws_api_gateway_usage_plan.plan[each.value].id
}
