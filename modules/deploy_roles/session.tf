locals {
  # What a pipeline passes when it takes a role. It allows nothing that the role does not, and still
  # holds when somebody has given that role more by hand.
  session_statements = {
    for key, arns in local.arns : key => [
      {
        Sid    = "WhatTheRoleMay"
        Effect = "Allow"
        NotAction = [
          "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreateUser", "iam:DeleteRolePermissionsBoundary",
          "sts:AssumeRole",
        ]
        Resource = ["*"]
      },
      {
        Sid         = "NoObjectsOfOthers"
        Effect      = "Deny"
        Action      = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject", "s3:PutObject"]
        NotResource = concat(["${arns.buckets}/*"], local.state_objects[key])
      },
      {
        Sid         = "NoRolesOfOthers"
        Effect      = "Deny"
        Action      = ["iam:CreateRole", "iam:PassRole", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"]
        NotResource = [arns.roles]
      },
      {
        Sid       = "NoRolesWithoutBoundary"
        Effect    = "Deny"
        Action    = ["iam:CreateRole", "iam:PutRolePolicy"]
        Condition = { StringNotEquals = { "iam:PermissionsBoundary" = [local.boundaries[key]] } }
        Resource  = ["*"]
      },
    ]
  }

  state_objects = {
    for key, environment in var.environments : key => sort(distinct([
      for arn in flatten([for part in concat([environment.state.write], environment.state.write.also) : part.resources]) : arn if can(regex(":s3:::[^/]+/", arn))
    ]))
  }

  session_policies = {
    for key, statements in local.session_statements : key => jsonencode({ Version = "2012-10-17", Statement = statements })
  }
}
