locals {
  open_routes = sort(distinct([for route in local.routes : route.arn if route.auth != "iam"]))
  preflight_routes = [
    for path in sort(keys(local.preflights)) : "${var.stage}/OPTIONS${replace(path, "/\\{[^}]*\\}/", "*")}"
  ]

  allow = var.ip == null ? [] : sort(var.ip.allow)
  deny  = var.ip == null ? [] : sort(var.ip.deny)

  # No Allow for routes with auth iam: it would let in every identity of the account, granted or not.
  address_statements = concat(
    [
      for routes in [concat(local.open_routes, local.preflight_routes)] : {
        Sid       = "AllowRoutesWithoutIam"
        Effect    = "Allow"
        Principal = "*"
        Action    = "execute-api:Invoke"
        Resource  = [for route in routes : "execute-api:/${route}"]
      } if length(routes) > 0 && var.ip != null
    ],
    [
      for sid, addresses in { DenyAddresses = { IpAddress = local.deny }, DenyOtherAddresses = { NotIpAddress = local.allow } } : {
        Sid                                 = sid
        Effect                              = "Deny"
        Principal                           = "*"
        Action                              = "execute-api:Invoke"
        Resource                            = ["execute-api:/*"]
        Condition                           = { for operator, blocks in addresses : operator => { "aws:SourceIp" = blocks } }
      } if length(flatten(values(addresses))) > 0
    ],
  )

  policy        = jsonencode({ Version = "2012-10-17", Statement = local.address_statements })
  policy_length = length(replace(local.policy, "execute-api:/", "arn:aws:execute-api:${local.region}:ACCOUNT-ID--:API-ID----/"))
}

resource "aws_api_gateway_rest_api_policy" "addresses" {
  for_each = toset(var.ip == null ? [] : ["addresses"])

  rest_api_id = aws_api_gateway_rest_api.api.id
  # AWS gives the short form back as the full ARN, and every plan would show the difference.
  policy = replace(local.policy, "execute-api:/", "${aws_api_gateway_rest_api.api.execution_arn}/")

  lifecycle {
    precondition {
      condition     = local.policy_length <= 8192
      error_message = "The resource policy of ${var.name} takes ${local.policy_length} characters, and API Gateway takes 8192: sum up blocks of ip, or take routes together with {name+}."
    }
  }
}

# One for each route: this API reaches the function by that method and path, and by no other.
resource "aws_lambda_permission" "route" {
  for_each = local.routes

  statement_id  = "${var.name}-${each.value.method}-${substr(sha256(each.key), 0, 8)}"
  action        = "lambda:InvokeFunction"
  function_name = var.routes[each.key].function.arn
  principal     = "apigateway.amazonaws.com"
  qualifier     = var.routes[each.key].function.alias_name
  source_arn    = "${aws_api_gateway_rest_api.api.execution_arn}/${each.value.arn}"
}
