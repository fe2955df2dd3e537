module "orders" {
  source = "../../../parts/function"
  name   = "orders"
}

resource "aws_iam_role" "machine" {
  name = "machine"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "states.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = "123456789012" } }
    }]
  })
}

resource "aws_iam_role_policy" "machine" {
  name = "machine"
  role = aws_iam_role.machine.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "lambda:InvokeFunction"
      Resource = [module.orders.arn, "${module.orders.arn}:*"]
    }]
  })
}

resource "aws_sfn_state_machine" "orders" {
  name     = "orders"
  role_arn = aws_iam_role.machine.arn
  tags     = { Service = "orders" }
  definition = jsonencode({
    TimeoutSeconds = 300
    StartAt        = "Charge"
    States = {
      Charge = {
        Type       = "Task"
        Resource   = "arn:aws:states:::lambda:invoke"
        Parameters = { FunctionName = module.orders.alias_arn, "Payload.$" = "$" }
        Retry = [{
          ErrorEquals = ["Lambda.ServiceException", "Lambda.SdkClientException", "Lambda.TooManyRequestsException"]
          BackoffRate = 2
        }]
        Catch = [{ ErrorEquals = ["States.ALL"], Next = "Failed" }]
        Next  = "Done"
      }
      Done   = { Type = "Succeed" }
      Failed = { Type = "Fail" }
    }
  })
}
