# Each of these takes no ARN.
resource "aws_iam_policy" "bare" {
  name = "bare"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["config:PutEvaluations", "rds:DescribeDBClusters", "secretsmanager:GetRandomPassword"]
      Resource = "*"
    }]
  })
}
