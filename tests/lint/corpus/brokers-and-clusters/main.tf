locals {
  kafka  = "arn:aws:kafka:eu-west-1:123456789012:cluster/events/0a1b2c3d-0000-4000-8000-000000000000-5"
  broker = "arn:aws:mq:eu-west-1:123456789012:broker:legacy:b-0a1b2c3d-0000-4000-8000-000000000000"
  secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:broker-AbCdEf"
  docdb  = "arn:aws:rds:eu-west-1:123456789012:cluster:documents"
}

module "consume" {
  source        = "../modules/function"
  name          = "broker-consume"
  timeout       = 60
  attach_policy = true
  policy        = data.aws_iam_policy_document.consume.json
}

data "aws_iam_policy_document" "consume" {
  statement {
    actions = [
      "kafka:DescribeCluster", "kafka:DescribeClusterV2", "kafka:GetBootstrapBrokers",
      "kafka-cluster:Connect", "kafka-cluster:DescribeGroup", "kafka-cluster:AlterGroup",
      "kafka-cluster:DescribeTopic", "kafka-cluster:ReadData", "kafka-cluster:DescribeClusterDynamicConfiguration",
    ]
    resources = [local.kafka, "arn:aws:kafka:eu-west-1:123456789012:topic/events/*", "arn:aws:kafka:eu-west-1:123456789012:group/events/*"]
  }
  statement {
    actions   = ["mq:DescribeBroker"]
    resources = [local.broker]
  }
  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [local.secret]
  }
  statement {
    actions   = ["rds:DescribeDBClusters", "rds:DescribeDBClusterParameters", "rds:DescribeDBSubnetGroups"]
    resources = ["*"]
  }
  statement {
    actions = [
      "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface",
      "ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups",
    ]
    resources = ["*"]
  }
  statement {
    actions   = ["s3:PutObject", "s3:ListBucket"]
    resources = ["arn:aws:s3:::broker-failures", "arn:aws:s3:::broker-failures/*"]
  }
}

resource "aws_lambda_event_source_mapping" "kafka" {
  event_source_arn  = local.kafka
  function_name     = module.consume.arn
  topics            = ["orders"]
  starting_position = "TRIM_HORIZON"
  batch_size        = 100

  amazon_managed_kafka_event_source_config {
    consumer_group_id = "lambda-orders"
  }

  destination_config {
    on_failure {
      destination_arn = "arn:aws:s3:::broker-failures"
    }
  }
}

resource "aws_lambda_event_source_mapping" "mq" {
  event_source_arn = local.broker
  function_name    = module.consume.arn
  queues           = ["legacy.orders"]
  batch_size       = 10

  source_access_configuration {
    type = "BASIC_AUTH"
    uri  = local.secret
  }
}

resource "aws_lambda_event_source_mapping" "documents" {
  event_source_arn  = local.docdb
  function_name     = module.consume.name
  starting_position = "LATEST"

  document_db_event_source_config {
    database_name   = "shop"
    collection_name = "orders"
    full_document   = "UpdateLookup"
  }

  source_access_configuration {
    type = "BASIC_AUTH"
    uri  = local.secret
  }
}
