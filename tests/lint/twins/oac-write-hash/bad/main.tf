module "orders" {
  source = "../../../parts/function"
  name   = "orders"
}

resource "aws_lambda_function_url" "orders" {
  function_name      = module.orders.name
  qualifier          = "live"
  authorization_type = "AWS_IAM"
}

resource "aws_cloudfront_origin_access_control" "orders" {
  name                              = "orders"
  origin_access_control_origin_type = "lambda"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

# expect: oac-write-hash
resource "aws_cloudfront_distribution" "orders" {
  enabled = true
  tags    = { Service = "orders" }
  origin {
    origin_id                = "orders"
    domain_name              = split("/", aws_lambda_function_url.orders.function_url)[2]
    origin_access_control_id = aws_cloudfront_origin_access_control.orders.id
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }
  default_cache_behavior {
    target_origin_id       = "orders"
    allowed_methods        = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
    cached_methods         = ["GET", "HEAD"]
    viewer_protocol_policy = "https-only"
    cache_policy_id        = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
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

resource "aws_lambda_permission" "cloudfront" {
  for_each = toset(["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"])

  function_name = module.orders.name
  qualifier     = "live"
  action        = each.key
  principal     = "cloudfront.amazonaws.com"
  source_arn    = aws_cloudfront_distribution.orders.arn
}
