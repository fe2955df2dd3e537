data "aws_region" "edge" {
  provider = aws.us_east_1
}

locals {
  provider = data.aws_region.edge.id
}
