locals {
  # ARNs by what they are of. Edge functions, their logs and alarms are in another region.
  arns = {
    for key, environment in var.environments : key => {
      for name, arn in {
        alarms     = "cloudwatch:*:${local.account_id}:alarm:${environment.prefix}-*"
        buckets    = "s3:::${environment.prefix}-*"
        dashboards = "cloudwatch::${local.account_id}:dashboard/${environment.prefix}-*"
        functions  = "lambda:*:${local.account_id}:function:${environment.prefix}-*"
        groups     = "scheduler:${local.region}:${local.account_id}:schedule-group/${environment.prefix}-*"
        machines   = "states:${local.region}:${local.account_id}:stateMachine:${environment.prefix}-*"
        queues     = "sqs:${local.region}:${local.account_id}:${environment.prefix}-*"
        roles      = "iam::${local.account_id}:role/${environment.prefix}-*"
        rules      = "events:${local.region}:${local.account_id}:rule/${environment.prefix}-*"
        bus_rules  = "events:${local.region}:${local.account_id}:rule/*/${environment.prefix}-*"
        schedules  = "scheduler:${local.region}:${local.account_id}:schedule/${environment.prefix}-*"
        site       = "s3:::${environment.prefix}-site-*"
        site_files = "s3:::${environment.prefix}-site-*/*"
        streams    = "kinesis:${local.region}:${local.account_id}:stream/${environment.prefix}-*"
        tables     = "dynamodb:${local.region}:${local.account_id}:table/${environment.prefix}-*"
        topics     = "sns:${local.region}:${local.account_id}:${environment.prefix}-*"
      } : name => "arn:${local.partition}:${arn}"
    }
  }

  log_groups = {
    for key, environment in var.environments : key => [
      for beginning in ["lambda/", "lambda/*.", "vendedlogs/apigateway/", "vendedlogs/states/"] :
      "arn:${local.partition}:logs:*:${local.account_id}:log-group:/aws/${beginning}${environment.prefix}-*"
    ]
  }
  deliveries = {
    for key, environment in var.environments : key => [
      for end in ["delivery-destination:${environment.prefix}-*", "delivery-source:${environment.prefix}-*", "delivery:*"] :
      "arn:${local.partition}:logs:*:${local.account_id}:${end}"
    ]
  }

  # AWS makes these names up itself, so no prefix tells whose they are.
  nameless = {
    apis          = [for path in ["apikeys*", "apis*", "restapis*", "tags/*", "usageplans*"] : "arn:${local.partition}:apigateway:${local.region}::/${path}"]
    distributions = [for kind in ["distribution", "origin-access-control", "response-headers-policy"] : "arn:${local.partition}:cloudfront::${local.account_id}:${kind}/*"]
    mappings      = ["arn:${local.partition}:lambda:${local.region}:${local.account_id}:event-source-mapping:*"]
    pools         = ["arn:${local.partition}:cognito-idp:${local.region}:${local.account_id}:userpool/*"]
  }
  # lint:ignore no-hard-coded-account-or-region the alarms of CloudFront and its functions are there
  here_or_edge = { StringEquals = { "aws:RequestedRegion" = distinct([local.region, "us-east-1"]) } }
  here         = { StringEquals = { "aws:RequestedRegion" = [local.region] } }

  # What Terraform asks when it compares the state with what is there: settings, and no data but the
  # files of the website.
  read_statements = {
    for key, arns in local.arns : key => [
      { Sid = "ReadAlarms", Action = ["cloudwatch:GetDashboard", "cloudwatch:ListTagsForResource"], Resource = [arns.alarms, arns.dashboards] },
      # A list of alarms is of all of them, however it is narrowed.
      { Sid = "ReadAlarmLists", Action = ["cloudwatch:DescribeAlarms"], Resource = ["*"], Condition = local.here_or_edge },
      { Sid = "ReadApis", Action = ["apigateway:GET"], Resource = local.nameless.apis },
      { Sid = "ReadBuckets", Action = ["s3:GetAccelerateConfiguration", "s3:GetBucket*", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration", "s3:GetMetricsConfiguration", "s3:GetReplicationConfiguration", "s3:ListBucket"], Resource = [arns.buckets] },
      { Sid = "ReadDistributions", Action = ["cloudfront:Get*", "cloudfront:ListTagsForResource"], Resource = local.nameless.distributions },
      { Sid = "ReadFunctions", Action = ["lambda:Get*", "lambda:List*"], Resource = concat([arns.functions], local.nameless.mappings) },
      { Sid = "ReadLogs", Action = ["logs:GetDelivery*", "logs:ListTags*"], Resource = concat(local.log_groups[key], local.deliveries[key]) },
      { Sid = "ReadLogGroups", Action = ["logs:DescribeLogGroups"], Resource = ["*"] },
      { Sid = "ReadPools", Action = ["cognito-idp:Describe*", "cognito-idp:GetUserPoolMfaConfig", "cognito-idp:ListTagsForResource"], Resource = local.nameless.pools },
      { Sid = "ReadQueues", Action = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags"], Resource = [arns.queues] },
      { Sid = "ReadRoles", Action = ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies"], Resource = [arns.roles] },
      { Sid = "ReadRules", Action = ["events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule"], Resource = [arns.rules, arns.bus_rules] },
      { Sid = "ReadSchedules", Action = ["scheduler:GetSchedule", "scheduler:GetScheduleGroup", "scheduler:ListTagsForResource"], Resource = [arns.groups, arns.schedules] },
      { Sid = "ReadSite", Action = ["s3:GetObject", "s3:GetObjectTagging"], Resource = [arns.site_files] },
      { Sid = "ReadTables", Action = ["dynamodb:Describe*", "dynamodb:ListTagsOfResource"], Resource = [arns.tables] },
      { Sid = "ReadTopics", Action = ["sns:GetSubscriptionAttributes", "sns:GetTopicAttributes", "sns:ListTagsForResource"], Resource = [arns.topics] },
      { Sid = "ReadWorkflows", Action = ["states:Describe*", "states:ListStateMachineVersions", "states:ListTagsForResource"], Resource = [arns.machines] },
      # These know no resource.
      { Sid = "ReadHere", Action = ["application-autoscaling:Describe*", "application-autoscaling:ListTagsForResource", "cognito-idp:DescribeUserPoolDomain", "states:ValidateStateMachineDefinition"], Resource = ["*"], Condition = local.here },
    ]
  }

  state_policies = {
    for key, role in local.roles : key => jsonencode({
      Version = "2012-10-17"
      Statement = [
        for index, part in flatten([for grant in [var.environments[role.environment].state[role.kind == "plan" ? "read" : "write"]] : concat([grant], grant.also)]) : merge(
          { Sid = "State${index + 1}", Effect = "Allow", Action = sort(part.actions), Resource = sort(part.resources) },
          length(part.conditions) == 0 ? {} : { Condition = part.conditions },
        )
      ]
    })
  }
}
