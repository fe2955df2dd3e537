# What API Gateway answers before and instead of the function, as RFC 9457 has it.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html

locals {
  problem_titles = {
    400 = "Bad Request"
    401 = "Unauthorized"
    403 = "Forbidden"
    404 = "Not Found"
    413 = "Content Too Large"
    415 = "Unsupported Media Type"
    429 = "Too Many Requests"
    500 = "Internal Server Error"
    504 = "Gateway Timeout"
  }

  # A detail in API Gateway's own words is a variable: JSON already, so it takes no quotes.
  own_words = "$context.error.messageString"

  problems = {
    ACCESS_DENIED                  = { status = 403, detail = "You may not do this from here" }
    API_CONFIGURATION_ERROR        = { status = 500, detail = "" }
    AUTHORIZER_CONFIGURATION_ERROR = { status = 500, detail = "" }
    AUTHORIZER_FAILURE             = { status = 500, detail = "" }
    BAD_REQUEST_BODY               = { status = 400, detail = "The body is not what the schema of this route asks for" }
    BAD_REQUEST_PARAMETERS         = { status = 400, detail = local.own_words }
    EXPIRED_TOKEN                  = { status = 403, detail = "The session token has expired: sign with a new one" }
    INTEGRATION_FAILURE            = { status = 504, detail = "The function could not be reached: try again" }
    INTEGRATION_TIMEOUT            = { status = 504, detail = "The function took too long" }
    INVALID_API_KEY                = { status = 403, detail = "Send a valid API key in x-api-key" }
    INVALID_SIGNATURE              = { status = 403, detail = "The signature is not that of this request" }
    MISSING_AUTHENTICATION_TOKEN   = { status = 403, detail = "There is nothing at this path with this method, or the request must be signed" }
    QUOTA_EXCEEDED                 = { status = 429, detail = "The quota of your API key is used up" }
    REQUEST_TOO_LARGE              = { status = 413, detail = "The request has more than 10 MB" }
    RESOURCE_NOT_FOUND             = { status = 404, detail = "There is nothing at this path" }
    THROTTLED                      = { status = 429, detail = "Too many requests: try again in a second" }
    UNAUTHORIZED                   = { status = 401, detail = "Send a valid token that has a scope of this route" }
    UNSUPPORTED_MEDIA_TYPE         = { status = 415, detail = "Send Content-Type: application/json" }
    WAF_FILTERED                   = { status = 403, detail = "The firewall refuses this request" }
  }

  problem_bodies = {
    for type, problem in local.problems : type => join("", [
      "{\"type\":\"about:blank\",\"title\":${jsonencode(local.problem_titles[problem.status])},\"status\":${problem.status}",
      problem.detail == "" ? "" : ",\"detail\":${problem.detail == local.own_words ? local.own_words : jsonencode(problem.detail)}",
      "}",
    ])
  }

  # What has no entry above keeps the status that it has, which a template cannot name.
  other_bodies = {
    for type in ["DEFAULT_4XX", "DEFAULT_5XX"] : type => "{\"type\":\"about:blank\",\"title\":${local.own_words}}"
  }

  problem_headers = {
    THROTTLED    = { "gatewayresponse.header.Retry-After" = "'1'" }
    UNAUTHORIZED = { "gatewayresponse.header.WWW-Authenticate" = "'Bearer'" }
  }

  gateway_responses = {
    for type, body in merge(local.problem_bodies, local.other_bodies) : type => {
      body = body
      headers = merge(
        { "gatewayresponse.header.Content-Type" = "'application/problem+json'" },
        lookup(local.problem_headers, type, {}),
        local.cors_gateway_headers,
      )
      status = contains(keys(local.problems), type) ? tostring(local.problems[type].status) : null
    }
  }
}

resource "aws_api_gateway_gateway_response" "problem" {
  for_each = local.gateway_responses

  rest_api_id         = aws_api_gateway_rest_api.api.id
  response_parameters = each.value.headers
  response_templates  = { "application/json" = each.value.body }
  response_type       = each.key
  status_code         = each.value.status
}
