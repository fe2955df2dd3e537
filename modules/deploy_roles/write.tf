locals {
  # Which services may get a role from a deployment.
  passed_to = [for service in ["edgelambda", "events", "lambda", "scheduler", "states"] : "${service}.amazonaws.com"]
  # Which service-linked roles AWS makes at the first use, in the caller's name.
  linked = [for service in ["lambda.application-autoscaling", "logger.cloudfront", "ops.apigateway", "replicator.lambda"] : "${service}.amazonaws.com"]

  write_statements = {
    for key, arns in local.arns : key => [
      { Sid = "WriteAlarms", Action = ["cloudwatch:DeleteAlarms", "cloudwatch:DeleteDashboards", "cloudwatch:PutDashboard", "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource"], Resource = [arns.alarms, arns.dashboards] },
      { Sid = "WriteBuckets", Action = ["s3:CreateBucket", "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:PutBucketCORS", "s3:PutBucketNotification", "s3:PutBucketOwnershipControls", "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging", "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration", "s3:PutMetricsConfiguration"], Resource = [arns.buckets] },
      { Sid = "WriteFunctions", Action = ["lambda:AddPermission", "lambda:CreateAlias", "lambda:CreateFunction", "lambda:CreateFunctionUrlConfig", "lambda:Delete*", "lambda:DisableReplication*", "lambda:EnableReplication*", "lambda:PublishVersion", "lambda:Put*", "lambda:RemovePermission", "lambda:TagResource", "lambda:UntagResource", "lambda:Update*"], Resource = [arns.functions] },
      # A mapping has no name: it is told by its function.
      { Sid = "WriteMappings", Action = ["lambda:CreateEventSourceMapping", "lambda:DeleteEventSourceMapping", "lambda:UpdateEventSourceMapping"], Resource = ["*"], Condition = { ArnLike = { "lambda:FunctionArn" = [arns.functions] } } },
      { Sid = "TagMappings", Action = ["lambda:TagResource", "lambda:UntagResource"], Resource = local.nameless.mappings },
      { Sid = "WriteLogs", Action = ["logs:CreateDelivery", "logs:CreateLogGroup", "logs:DeleteDelivery*", "logs:DeleteLogGroup", "logs:DeleteRetentionPolicy", "logs:PutDelivery*", "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource"], Resource = concat(local.log_groups[key], local.deliveries[key]) },
      { Sid = "WriteQueues", Action = ["sqs:CreateQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"], Resource = [arns.queues] },
      { Sid = "WriteRules", Action = ["events:DeleteRule", "events:PutRule", "events:PutTargets", "events:RemoveTargets", "events:TagResource", "events:UntagResource"], Resource = [arns.rules, arns.bus_rules] },
      { Sid = "WriteSchedules", Action = ["scheduler:Create*", "scheduler:Delete*", "scheduler:TagResource", "scheduler:UntagResource", "scheduler:UpdateSchedule"], Resource = [arns.groups, arns.schedules] },
      # A file of the website that goes takes its versions along. Those of other buckets are data.
      { Sid = "ListSite", Action = ["s3:ListBucketVersions"], Resource = [arns.site] },
      { Sid = "WriteSite", Action = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject", "s3:PutObjectTagging"], Resource = [arns.site_files] },
      { Sid = "WriteTables", Action = ["dynamodb:CreateTable", "dynamodb:DeleteTable", "dynamodb:TagResource", "dynamodb:UntagResource", "dynamodb:UpdateContinuousBackups", "dynamodb:UpdateTable", "dynamodb:UpdateTimeToLive"], Resource = [arns.tables] },
      { Sid = "WriteTopics", Action = ["sns:CreateTopic", "sns:DeleteTopic", "sns:SetSubscriptionAttributes", "sns:SetTopicAttributes", "sns:Subscribe", "sns:TagResource", "sns:Unsubscribe", "sns:UntagResource"], Resource = [arns.topics] },
      { Sid = "WriteWorkflows", Action = ["states:CreateStateMachine", "states:DeleteStateMachine", "states:TagResource", "states:UntagResource", "states:UpdateStateMachine"], Resource = [arns.machines] },
    ]
  }

  # What has no name of its own, and roles.
  role_statements = {
    for key, arns in local.arns : key => [
      { Sid = "WriteApis", Action = ["apigateway:DELETE", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT", "apigateway:UpdateRestApiPolicy"], Resource = local.nameless.apis },
      { Sid = "WriteDistributions", Action = ["cloudfront:AllowVendedLogDeliveryForResource", "cloudfront:Create*", "cloudfront:DeleteDistribution", "cloudfront:DeleteOriginAccessControl", "cloudfront:DeleteResponseHeadersPolicy", "cloudfront:TagResource", "cloudfront:UntagResource", "cloudfront:UpdateDistribution", "cloudfront:UpdateOriginAccessControl", "cloudfront:UpdateResponseHeadersPolicy"], Resource = local.nameless.distributions },
      # APIs and workflows that log; CloudWatch knows no resource of these:
      # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
      { Sid = "WriteLogDeliveries", Action = ["logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeResourcePolicies", "logs:GetLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:UpdateLogDelivery"], Resource = ["*"] },
      { Sid = "WritePools", Action = ["cognito-idp:CreateResourceServer", "cognito-idp:CreateUserPoolClient", "cognito-idp:CreateUserPoolDomain", "cognito-idp:DeleteResourceServer", "cognito-idp:DeleteUserPool", "cognito-idp:DeleteUserPoolClient", "cognito-idp:DeleteUserPoolDomain", "cognito-idp:SetUserPoolMfaConfig", "cognito-idp:TagResource", "cognito-idp:UntagResource", "cognito-idp:Update*"], Resource = local.nameless.pools },
      { Sid = "WriteRoles", Action = ["iam:DeleteRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription"], Resource = [arns.roles] },
      # No role without the boundary, and no permission for one that has lost it.
      { Sid = "WriteBoundRoles", Action = ["iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"], Resource = [arns.roles], Condition = { StringEquals = { "iam:PermissionsBoundary" = [local.boundaries[key]] } } },
      { Sid = "PassRoles", Action = ["iam:PassRole"], Resource = [arns.roles], Condition = { StringEquals = { "iam:PassedToService" = local.passed_to } } },
      { Sid = "MakeServiceLinkedRoles", Action = ["iam:CreateServiceLinkedRole"], Resource = ["arn:${local.partition}:iam::${local.account_id}:role/aws-service-role/*"], Condition = { StringEquals = { "iam:AWSServiceName" = local.linked } } },
      # These know no resource.
      { Sid = "WriteHere", Action = ["application-autoscaling:DeleteScalingPolicy", "application-autoscaling:DeregisterScalableTarget", "application-autoscaling:PutScalingPolicy", "application-autoscaling:RegisterScalableTarget", "application-autoscaling:TagResource", "cognito-idp:CreateUserPool"], Resource = ["*"], Condition = local.here },
    ]
  }
}
