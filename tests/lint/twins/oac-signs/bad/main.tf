# expect: oac-signs
resource "aws_cloudfront_origin_access_control" "orders" {
  name                              = "orders"
  origin_access_control_origin_type = "lambda"
  signing_behavior                  = "never"
  signing_protocol                  = "sigv4"
}
