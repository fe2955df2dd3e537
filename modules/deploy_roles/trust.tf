locals {
  github_host = "token.actions.githubusercontent.com"

  # Who signs tokens, for whom, and the ARN under which this account knows it.
  issuers = {
    for kind, issuer in {
      github = var.github == null ? null : { host = local.github_host, audience = "sts.amazonaws.com", given = var.github.provider_arn }
      gitlab = var.gitlab == null ? null : { host = var.gitlab.host, audience = "https://${var.gitlab.host}", given = var.gitlab.provider_arn }
    } : kind => issuer if issuer != null
  }
  provider_arns = {
    for kind, issuer in local.issuers : kind =>
    issuer.given != null ? issuer.given : "arn:${local.partition}:iam::${local.account_id}:oidc-provider/${issuer.host}"
  }

  # What a token must say, to the letter.
  # GitHub: https://docs.github.com/en/actions/reference/security/oidc
  # GitLab: https://docs.gitlab.com/ci/secrets/id_token_authentication
  subjects = {
    for key, role in local.roles : key => {
      for kind, subject in {
        github = var.github == null ? null : "repo:${var.github.repository}:environment:${role.environment}${role.kind == "plan" ? "-plan" : ""}"
        gitlab = var.gitlab == null ? null : "project_path:${var.gitlab.project}:ref_type:${var.environments[role.environment].gitlab.ref_type}:ref:${var.environments[role.environment].gitlab.ref}"
      } : kind => subject if subject != null
    }
  }

  trust_policies = {
    for key, subjects in local.subjects : key => jsonencode({
      Version = "2012-10-17"
      Statement = [for kind, subject in subjects : {
        Sid       = "${title(kind)}Assumes"
        Effect    = "Allow"
        Action    = ["sts:AssumeRoleWithWebIdentity"]
        Principal = { Federated = [local.provider_arns[kind]] }
        Condition = {
          StringEquals = {
            "${local.issuers[kind].host}:aud" = [local.issuers[kind].audience]
            "${local.issuers[kind].host}:sub" = [subject]
          }
        }
      }]
    })
  }
}

# One for an account: whoever has made it already gives its ARN.
resource "aws_iam_openid_connect_provider" "issuer" {
  for_each = { for kind, issuer in local.issuers : kind => issuer if issuer.given == null }

  url            = "https://${each.value.host}"
  client_id_list = [each.value.audience]
  tags           = var.tags
}
