locals {
  scaled = var.concurrency.autoscale != null
  # Environments that are kept warm at the least.
  warm = try(var.concurrency.autoscale.min, coalesce(var.concurrency.provisioned, 0))
}

# An alias has one number of warm environments. Terraform would delete the config that kept it so
# far and create the next one side by side, in any order. Both depend on this, which is replaced
# when the number changes hands: so the old one is gone before the new one comes.
resource "terraform_data" "keeper" {
  count = local.warm > 0 ? 1 : 0

  triggers_replace = local.scaled ? "autoscale" : "provisioned"
}

resource "aws_lambda_provisioned_concurrency_config" "live" {
  count = local.warm > 0 && !local.scaled ? 1 : 0

  function_name                     = aws_lambda_function.function.function_name
  provisioned_concurrent_executions = var.concurrency.provisioned
  # On the alias, so that a new version takes the warm environments over.
  qualifier = aws_lambda_alias.live.name

  depends_on = [terraform_data.keeper]
}

# Where the number begins, and what takes the warm environments away when autoscaling is switched
# off: the scalable target alone would leave the last number in place, and on the bill.
resource "aws_lambda_provisioned_concurrency_config" "scaled" {
  count = local.scaled ? 1 : 0

  function_name                     = aws_lambda_function.function.function_name
  provisioned_concurrent_executions = var.concurrency.autoscale.min
  qualifier                         = aws_lambda_alias.live.name

  lifecycle {
    ignore_changes = [provisioned_concurrent_executions]
  }

  depends_on = [terraform_data.keeper]
}

resource "aws_appautoscaling_target" "warm" {
  count = local.scaled ? 1 : 0

  max_capacity       = var.concurrency.autoscale.max
  min_capacity       = var.concurrency.autoscale.min
  resource_id        = "function:${var.name}:${local.alias_name}"
  scalable_dimension = "lambda:function:ProvisionedConcurrency"
  service_namespace  = "lambda"
  tags               = var.tags

  depends_on = [aws_lambda_provisioned_concurrency_config.scaled]
}

resource "aws_appautoscaling_policy" "utilization" {
  count = local.scaled ? 1 : 0

  name               = "${var.name}-utilization"
  policy_type        = "TargetTrackingScaling"
  resource_id        = aws_appautoscaling_target.warm[0].resource_id
  scalable_dimension = aws_appautoscaling_target.warm[0].scalable_dimension
  service_namespace  = aws_appautoscaling_target.warm[0].service_namespace

  target_tracking_scaling_policy_configuration {
    target_value = var.concurrency.autoscale.utilization

    predefined_metric_specification {
      predefined_metric_type = "LambdaProvisionedConcurrencyUtilization"
    }
  }
}
