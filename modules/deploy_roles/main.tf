data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  # `id` is the region's name in every provider major from 5 to 6; `name` and `region` are not.
  region = data.aws_region.current.id

  # Outside of every environment's prefix: what an environment may change begins with that.
  names = { for key in keys(var.environments) : key => "${var.name}-${key}" }
  roles = merge(
    { for key, name in local.names : "${key}-apply" => { environment = key, name = "${name}-apply", kind = "apply" } },
    { for key, name in local.names : "${key}-plan" => { environment = key, name = "${name}-plan", kind = "plan" } },
  )

  boundaries = { for key, name in local.names : key => "arn:${local.partition}:iam::${local.account_id}:policy/${name}-boundary" }

  # Managed ones, since all of an apply's are longer than IAM takes inline (10240 characters). With the
  # longest prefix none has more than 5000 of the 6144 that it takes of these:
  # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  policies = merge([
    for key, name in local.names : {
      for kind, statements in {
        read  = local.read_statements[key]
        roles = local.role_statements[key]
        write = local.write_statements[key]
        } : "${key}-${kind}" => {
        environment = key
        kind        = kind
        name        = "${name}-${kind}"
        policy = jsonencode({
          Version   = "2012-10-17"
          Statement = [for statement in statements : merge({ Effect = "Allow" }, statement)]
        })
      }
    }
  ]...)
  attached = merge([
    for key, role in local.roles : {
      for kind in role.kind == "plan" ? ["read"] : ["read", "roles", "write"] :
      "${key}-${kind}" => { role = key, policy = "${role.environment}-${kind}" }
    }
  ]...)
}

resource "aws_iam_role" "deploy" {
  for_each = local.roles

  name                 = each.value.name
  assume_role_policy   = local.trust_policies[each.key]
  description          = each.value.kind == "plan" ? "Reads ${each.value.environment} for a plan, and changes nothing" : "Applies what was planned for ${each.value.environment}"
  max_session_duration = var.session_seconds
  tags                 = var.tags
}

resource "aws_iam_policy" "deploy" {
  for_each = local.policies

  name        = each.value.name
  description = "Of who deploys ${each.value.environment}: ${each.value.kind}"
  policy      = each.value.policy
  tags        = var.tags
}

# lint:ignore banned-resource too long for inline policies, and the roles are this module's alone
resource "aws_iam_role_policy_attachment" "deploy" {
  for_each = local.attached

  policy_arn = aws_iam_policy.deploy[each.value.policy].arn
  role       = aws_iam_role.deploy[each.value.role].name
}

resource "aws_iam_role_policy" "state" {
  for_each = local.roles

  name   = "state"
  role   = aws_iam_role.deploy[each.key].name
  policy = local.state_policies[each.key]
}
