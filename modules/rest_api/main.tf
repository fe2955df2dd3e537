data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  # `id` is the region's name in every provider major from 5 to 6; `name` and `region` are not.
  region = data.aws_region.current.id

  methods = ["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]

  authorizations = { cognito = "COGNITO_USER_POOLS", iam = "AWS_IAM", none = "NONE" }

  routes = {
    for key, route in var.routes : key => {
      # As execute-api ARNs name it: any value where the path has a parameter.
      arn  = "${var.stage}/${replace(split(" ", key)[0], "ANY", "*")}${replace(try(split(" ", key)[1], ""), "/\\{[^}]*\\}/", "*")}"
      auth = route.auth == "inherit" ? var.auth : route.auth
      # The paths from the first segment to the route's own.
      ancestors = [
        for depth in range(length(compact(split("/", try(split(" ", key)[1], ""))))) :
        "/${join("/", slice(compact(split("/", try(split(" ", key)[1], ""))), 0, depth + 1))}"
      ]
      method = split(" ", key)[0]
      path   = try(split(" ", key)[1], "")
      # What is checked before the function is called; empty for nothing.
      validator = join("_and_", concat(
        route.validate.body == null ? [] : ["body"],
        length(route.validate.headers) + length(route.validate.query) == 0 ? [] : ["parameters"],
      ))
    }
  }

  # Paths that are there because a route lies at or below them, by depth.
  paths = [
    for depth in range(5) : toset([for route in local.routes : route.ancestors[depth] if length(route.ancestors) > depth])
  ]

  # Paths whose last segment is a parameter where another route has another parameter.
  rivals = flatten([
    for paths in values({
      for path in distinct(flatten([for route in local.routes : route.ancestors])) : dirname(path) => path... if endswith(path, "}")
    }) : paths if length(paths) > 1
  ])

  # Routes with auth iam -> the open routes that they lie below, as ARNs are matched.
  exposed = {
    for key, open in {
      for key, route in local.routes : key => [
        for other, open in local.routes : other
        if open.auth != "iam" && can(regex("^${replace(replace(open.arn, ".", "\\."), "*", ".*")}$", replace(route.arn, "*", "x")))
      ] if route.auth == "iam"
    } : key => open if length(open) > 0
  }

  resource_ids = merge(
    { "/" = aws_api_gateway_rest_api.api.root_resource_id },
    { for path, resource in aws_api_gateway_resource.level_1 : path => resource.id },
    { for path, resource in aws_api_gateway_resource.level_2 : path => resource.id },
    { for path, resource in aws_api_gateway_resource.level_3 : path => resource.id },
    { for path, resource in aws_api_gateway_resource.level_4 : path => resource.id },
    { for path, resource in aws_api_gateway_resource.level_5 : path => resource.id },
  )
}

resource "aws_api_gateway_rest_api" "api" {
  name        = var.name
  description = var.description
  tags        = var.tags

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  lifecycle {
    precondition {
      condition     = length(local.rivals) == 0
      error_message = "routes has ${length(local.rivals)} parameters where API Gateway takes 1 (${join(", ", local.rivals)}): below one path, give them one name."
    }

    precondition {
      condition     = var.ip == null ? true : length(local.exposed) == 0
      error_message = "routes with auth iam lie below open ones while ip is set (${join(", ", [for key, open in local.exposed : "${key} below ${open[0]}"])}): the policy that lets the open one in would let every identity of the account into the other; move one of them to another path."
    }
  }
}

resource "aws_api_gateway_resource" "level_1" {
  for_each = local.paths[0]

  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = basename(each.key)
}

resource "aws_api_gateway_resource" "level_2" {
  for_each = local.paths[1]

  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_resource.level_1[dirname(each.key)].id
  path_part   = basename(each.key)
}

resource "aws_api_gateway_resource" "level_3" {
  for_each = local.paths[2]

  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_resource.level_2[dirname(each.key)].id
  path_part   = basename(each.key)
}

resource "aws_api_gateway_resource" "level_4" {
  for_each = local.paths[3]

  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_resource.level_3[dirname(each.key)].id
  path_part   = basename(each.key)
}

resource "aws_api_gateway_resource" "level_5" {
  for_each = local.paths[4]

  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_resource.level_4[dirname(each.key)].id
  path_part   = basename(each.key)
}
