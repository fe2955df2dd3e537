resource "aws_s3_bucket" "uploads" {
  bucket = "orders-uploads"
  tags   = { Service = "orders" }
}

module "orders" {
  source = "../../../parts/function"
  name   = "orders"
  statements = [{
    Effect   = "Allow"
    Action   = ["s3:PutObject"]
    Resource = ["arn:aws:s3:::orders-uploads/done/*"]
  }]
}

resource "aws_s3_bucket_notification" "uploads" {
  bucket = aws_s3_bucket.uploads.id
  lambda_function {
    lambda_function_arn = module.orders.alias_arn
    events              = ["s3:ObjectCreated:*"]
    filter_prefix       = "in/"
  }
  depends_on = [aws_lambda_permission.uploads]
}

resource "aws_lambda_permission" "uploads" {
  function_name  = module.orders.name
  qualifier      = "live"
  action         = "lambda:InvokeFunction"
  principal      = "s3.amazonaws.com"
  source_arn     = aws_s3_bucket.uploads.arn
  source_account = "123456789012"
}
