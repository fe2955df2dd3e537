data "aws_caller_identity" "current" {}

module "tagged" {
  source  = "../modules/function"
  name    = "config-tagged"
  timeout = 60

  attach_policy = true
  policy        = data.aws_iam_policy_document.tagged.json
}

data "aws_iam_policy_document" "tagged" {
  statement {
    # Knows no ARN of its own.
    actions   = ["config:PutEvaluations"]
    resources = ["*"]
  }
}

resource "aws_config_config_rule" "tagged" {
  name = "instances-are-tagged"

  source {
    owner             = "CUSTOM_LAMBDA"
    source_identifier = module.tagged.arn

    source_detail {
      message_type = "ConfigurationItemChangeNotification"
    }
  }

  scope {
    compliance_resource_types = ["AWS::EC2::Instance"]
  }

  input_parameters = jsonencode({ key = "Owner" })

  depends_on = [aws_lambda_permission.config]
}

resource "aws_lambda_permission" "config" {
  statement_id   = "config"
  action         = "lambda:InvokeFunction"
  function_name  = module.tagged.name
  principal      = "config.amazonaws.com"
  source_account = data.aws_caller_identity.current.account_id
}

# Of AWS's own rules none invokes a function.
resource "aws_config_config_rule" "versioned" {
  name = "buckets-are-versioned"

  source {
    owner             = "AWS"
    source_identifier = "S3_BUCKET_VERSIONING_ENABLED"
  }
}
