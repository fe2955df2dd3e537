variable "subnets" {
  type    = list(string)
  default = ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"]
}

module "shop" {
  source = "../modules/function"
  name   = "shop-alb"
}

resource "aws_lb" "shop" {
  name               = "shop"
  load_balancer_type = "application"
  subnets            = var.subnets
  security_groups    = ["sg-0a1b2c3d4e5f60718"]

  enable_deletion_protection = true
  drop_invalid_header_fields = true
}

resource "aws_lb_target_group" "shop" {
  name        = "shop-lambda"
  target_type = "lambda"

  lambda_multi_value_headers_enabled = true
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.shop.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = "arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-4000-8000-000000000000"

  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener_rule" "shop" {
  listener_arn = aws_lb_listener.https.arn

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.shop.arn
  }

  condition {
    path_pattern {
      values = ["/shop/*"]
    }
  }
}

resource "aws_lambda_permission" "alb" {
  statement_id  = "AllowExecutionFromLoadBalancer"
  action        = "lambda:InvokeFunction"
  function_name = module.shop.name
  principal     = "elasticloadbalancing.amazonaws.com"
  source_arn    = aws_lb_target_group.shop.arn
}

resource "aws_lb_target_group_attachment" "shop" {
  target_group_arn = aws_lb_target_group.shop.arn
  target_id        = module.shop.arn
  depends_on       = [aws_lambda_permission.alb]
}

# Other target groups have addresses, and no function.
resource "aws_lb_target_group" "legacy" {
  name        = "legacy"
  port        = 8080
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = "vpc-0a1b2c3d4e5f60718"
}

resource "aws_lb_target_group_attachment" "legacy" {
  count = 2

  target_group_arn = aws_lb_target_group.legacy.arn
  target_id        = "10.0.0.${10 + count.index}"
  port             = 8080
}
