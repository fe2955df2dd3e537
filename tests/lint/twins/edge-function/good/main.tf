resource "aws_cloudwatch_log_group" "function" {
  name              = "/aws/lambda/us-east-1.edge"
  retention_in_days = 30
}

resource "aws_iam_role" "function" {
  name = "edge"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "function" {
  name = "function"
  role = aws_iam_role.function.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = ["arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/edge:*"]
    }]
  })
}

resource "aws_lambda_function" "function" {
  function_name = "edge"
  role          = aws_iam_role.function.arn
  runtime       = "python3.13"
  handler       = "app.handler"
  s3_bucket     = "zips"
  s3_key        = "function.zip"
  timeout       = 5
  publish       = true
  tags          = { Service = "edge" }
  depends_on    = [aws_cloudwatch_log_group.function]
}

resource "aws_cloudfront_distribution" "orders" {
  enabled = true
  tags    = { Service = "orders" }
  origin {
    origin_id   = "orders"
    domain_name = "example.org"
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }
  default_cache_behavior {
    target_origin_id       = "orders"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    viewer_protocol_policy = "https-only"
    lambda_function_association {
      event_type = "viewer-request"
      lambda_arn = aws_lambda_function.function.qualified_arn
    }
    cache_policy_id = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
  }
  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }
  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
