resource "aws_ecr_repository" "model" {
  name                 = "model"
  image_tag_mutability = "IMMUTABLE"
}

data "aws_iam_policy_document" "pull" {
  statement {
    sid     = "LambdaPull"
    actions = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = ["123456789012"]
    }
  }
}

resource "aws_ecr_repository_policy" "model" {
  repository = aws_ecr_repository.model.name
  policy     = data.aws_iam_policy_document.pull.json
}

resource "aws_iam_role" "model" {
  name = "model"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policies_exclusive" "model" {
  role_name    = aws_iam_role.model.name
  policy_names = [aws_iam_role_policy.model.name]
}

resource "aws_iam_role_policy" "model" {
  name   = "model"
  role   = aws_iam_role.model.id
  policy = data.aws_iam_policy_document.model.json
}

data "aws_iam_policy_document" "model" {
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = [for group in aws_cloudwatch_log_group.this : "${group.arn}:*"]
  }
  statement {
    actions   = ["cloudwatch:PutMetricData"]
    resources = ["*"]
    condition {
      test     = "StringEquals"
      variable = "cloudwatch:namespace"
      values   = ["Model"]
    }
  }
}

resource "aws_cloudwatch_log_group" "this" {
  for_each = toset(["model", "report"])

  name              = "/aws/lambda/${each.key}"
  retention_in_days = 14
}

resource "aws_lambda_function" "model" {
  function_name = "model"
  role          = aws_iam_role.model.arn
  package_type  = "Image"
  image_uri     = "${aws_ecr_repository.model.repository_url}:1.4.2"
  memory_size   = 3008
  timeout       = 300

  image_config {
    command = ["app.handler"]
  }

  ephemeral_storage {
    size = 2048
  }

  tags = { Kind = "image" }
}

resource "aws_lambda_layer_version" "pandas" {
  layer_name               = "pandas"
  s3_bucket                = "model-artifacts"
  s3_key                   = "layers/pandas.zip"
  compatible_runtimes      = ["python3.12", "python3.13"]
  compatible_architectures = ["x86_64", "arm64"]
}

resource "aws_lambda_function" "report" {
  function_name = "report"
  role          = aws_iam_role.model.arn
  handler       = "report.handler"
  runtime       = "python3.13"
  s3_bucket     = "model-artifacts"
  s3_key        = "report.zip"
  layers = [
    aws_lambda_layer_version.pandas.arn,
    "arn:aws:lambda:eu-west-1:123456789012:layer:AWSLambdaPowertoolsPythonV3-python313-x86_64:18",
  ]

  tracing_config {
    mode = "PassThrough"
  }

  environment {
    variables = {
      MODEL_FUNCTION       = aws_lambda_function.model.function_name
      PASSWORD_POLICY_URL  = "https://example.org/policy"
      SECRET_NAME          = "model/database"
      TOKEN_TTL            = "300"
      IDEMPOTENCY_KEY_NAME = "request_id"
    }
  }

  tags = { Kind = "zip" }
}
