# It attaches to the roles that it names.
resource "aws_iam_policy_attachment" "logs" {
  name       = "logs"
  roles      = [aws_iam_role.function.name]
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}
