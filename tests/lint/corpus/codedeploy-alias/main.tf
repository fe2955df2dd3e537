variable "create_deploy" {
  type    = bool
  default = true
}

module "checkout" {
  source = "../modules/function"
  name   = "checkout"
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = module.checkout.name
  function_version = "1"

  # CodeDeploy moves it.
  lifecycle {
    ignore_changes = [function_version, routing_config]
  }
}

resource "aws_lambda_provisioned_concurrency_config" "live" {
  function_name                     = module.checkout.name
  qualifier                         = aws_lambda_alias.live.name
  provisioned_concurrent_executions = 2
}

resource "aws_appautoscaling_target" "live" {
  service_namespace  = "lambda"
  scalable_dimension = "lambda:function:ProvisionedConcurrency"
  resource_id        = "function:${module.checkout.name}:${aws_lambda_alias.live.name}"
  min_capacity       = 2
  max_capacity       = 20
}

resource "aws_appautoscaling_policy" "live" {
  name               = "utilization"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.live.service_namespace
  scalable_dimension = aws_appautoscaling_target.live.scalable_dimension
  resource_id        = aws_appautoscaling_target.live.resource_id

  target_tracking_scaling_policy_configuration {
    target_value = 0.7
    predefined_metric_specification {
      predefined_metric_type = "LambdaProvisionedConcurrencyUtilization"
    }
  }
}

resource "aws_lambda_function_url" "live" {
  function_name      = module.checkout.name
  qualifier          = aws_lambda_alias.live.name
  authorization_type = "AWS_IAM"
  invoke_mode        = "BUFFERED"
}

resource "aws_lambda_permission" "url" {
  for_each = {
    url    = "lambda:InvokeFunctionUrl"
    invoke = "lambda:InvokeFunction"
  }

  statement_id  = each.key
  action        = each.value
  function_name = module.checkout.name
  qualifier     = aws_lambda_alias.live.name
  principal     = "arn:aws:iam::123456789012:role/caller"

  function_url_auth_type = each.key == "url" ? "AWS_IAM" : null
}

resource "aws_codedeploy_app" "this" {
  count = var.create_deploy ? 1 : 0

  name             = "checkout"
  compute_platform = "Lambda"
}

data "aws_iam_policy_document" "codedeploy" {
  count = var.create_deploy ? 1 : 0

  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["codedeploy.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "codedeploy" {
  count = var.create_deploy ? 1 : 0

  name               = "checkout-codedeploy"
  assume_role_policy = data.aws_iam_policy_document.codedeploy[0].json
}

resource "aws_iam_role_policy_attachment" "codedeploy" {
  count = var.create_deploy ? 1 : 0

  role       = one(aws_iam_role.codedeploy[*].name)
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited"
}

resource "aws_codedeploy_deployment_group" "this" {
  count = var.create_deploy ? 1 : 0

  app_name               = aws_codedeploy_app.this[0].name
  deployment_group_name  = "checkout"
  deployment_config_name = "CodeDeployDefault.LambdaCanary10Percent5Minutes"
  service_role_arn       = aws_iam_role.codedeploy[0].arn

  deployment_style {
    deployment_type   = "BLUE_GREEN"
    deployment_option = "WITH_TRAFFIC_CONTROL"
  }

  auto_rollback_configuration {
    enabled = true
    events  = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"]
  }

  alarm_configuration {
    enabled = true
    alarms  = [aws_cloudwatch_metric_alarm.errors.alarm_name]
  }
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "checkout-errors"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"

  dimensions = {
    FunctionName = module.checkout.name
    Resource     = "${module.checkout.name}:${aws_lambda_alias.live.name}"
  }
}
