# A function URL checks two permissions of its caller, here of CloudFront for this distribution only:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html

locals {
  # The signer at the edge calls with a role, and that role is granted what it may call.
  called_by_cloudfront = { for name, origin in var.origins : name => origin.function_url if local.signed_as[name] == "lambda" }
}

resource "aws_lambda_permission" "invoke_url" {
  for_each = local.called_by_cloudfront

  statement_id           = "${var.name}-${each.key}-InvokeFunctionUrl"
  action                 = "lambda:InvokeFunctionUrl"
  function_name          = each.value.function_arn
  function_url_auth_type = "AWS_IAM"
  principal              = "cloudfront.amazonaws.com"
  qualifier              = each.value.alias_name
  source_arn             = aws_cloudfront_distribution.cdn.arn

  lifecycle {
    precondition {
      condition     = each.value.region == local.region
      error_message = "The origin ${each.key} is a function URL in ${each.value.region}, and its permission would be written in ${local.region}: pass the provider aws of its region, or take signing = \"edge\", which needs none."
    }

    precondition {
      condition     = split(":", each.value.function_arn)[4] == local.account_id
      error_message = "The origin ${each.key} is a function of the account ${split(":", each.value.function_arn)[4]}, and this is ${local.account_id}: put the distribution into its account, or take signing = \"edge\" with a role that it lets in."
    }
  }
}

resource "aws_lambda_permission" "invoke_function" {
  for_each = local.called_by_cloudfront

  statement_id  = "${var.name}-${each.key}-InvokeFunction"
  action        = "lambda:InvokeFunction"
  function_name = each.value.function_arn
  principal     = "cloudfront.amazonaws.com"
  qualifier     = each.value.alias_name
  source_arn    = aws_cloudfront_distribution.cdn.arn
}
