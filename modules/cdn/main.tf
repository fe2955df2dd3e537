data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

# What is said of the whole world is kept in one region: logs, metrics and certificates.
data "aws_region" "home" {
  provider = aws.us_east_1
}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  # `id` is the region's name in every provider major from 5 to 6; `name` and `region` are not.
  region = data.aws_region.current.id
  home   = data.aws_region.home.id

  # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
  cache_policies = {
    disabled  = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad" # CachingDisabled
    optimized = "658327ea-f89d-4fab-a63d-7e88639e58f6" # CachingOptimized
  }
  # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
  # With the viewer's Host a function URL would look for another function.
  all_viewer_except_host = "b689b0a8-53d0-40ab-baf2-68738e2966ac" # AllViewerExceptHostHeader

  # What inputs are checked against, and named by when they fail.
  patterns = {
    header      = "^[A-Za-z0-9-]{1,128}$"
    kept_header = "^(x-amz-.*|x-edge-.*|authorization|cache-control|connection|content-length|cookie|host|if-match|if-modified-since|if-none-match|if-range|if-unmodified-since|max-forwards|origin|pragma|proxy-.*|range|request-range|te|trailer|transfer-encoding|upgrade|via|x-real-ip)$"

    domain  = "^(\\*\\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$"
    origin  = "^[a-z][a-z0-9_]{0,23}$"
    path    = "^/[A-Za-z0-9_.*$/~\"'@:+&?-]{0,254}$"
    version = "^arn:[a-z-]+:lambda:${local.home}:\\d{12}:function:[A-Za-z0-9_-]+:[1-9]\\d*$"
  }

  methods = {
    all  = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
    ask  = ["GET", "HEAD", "OPTIONS"]
    read = ["GET", "HEAD"]
  }

  # Which origins CloudFront signs for, by the kind that an origin access control is for.
  signed_as = {
    for name, origin in var.origins : name =>
    origin.bucket != null ? "s3" : startswith(coalesce(origin.signing, "edge"), "oac") ? "lambda" : null
  }
  # Says to the edge signer that requests to a bucket go on unsigned: CloudFront signs them.
  headers = {
    for name, origin in var.origins : name =>
    merge(origin.headers, { for header in ["edge-signer"] : header => "pass" if origin.bucket != null && contains(local.through_edge, name) })
  }
  through_edge = [for behavior in local.behaviors : behavior.origin if contains(behavior.edge[*].event, "origin-request")]

  behaviors = [
    for behavior in concat([merge(var.default, { path = "the default" })], var.behaviors) : merge(behavior, {
      is_static = try(var.origins[behavior.origin].bucket, null) != null
      signing   = try(coalesce(var.origins[behavior.origin].signing, "none"), "none")
      methods   = sort(coalesce(behavior.methods, try(var.origins[behavior.origin].bucket, null) == null ? local.methods.all : local.methods.read))
      # Whether its bodies are hashed by who sends them.
      hashed = try(var.origins[behavior.origin].clients_hash_bodies, false)
    })
  ]
  # What CloudFront is asked for; the first is the default.
  asked = [
    for behavior in local.behaviors : {
      cache_policy_id          = coalesce(behavior.cache_policy_id, behavior.is_static ? local.cache_policies.optimized : local.cache_policies.disabled)
      compress                 = behavior.compress
      edge                     = behavior.edge
      methods                  = behavior.methods
      origin                   = behavior.origin
      origin_request_policy_id = try(coalesce(behavior.origin_request_policy_id, behavior.is_static ? null : local.all_viewer_except_host), null)
      path                     = behavior.path
    }
  ]
  # What CloudFront would keep for ten seconds, whatever policies and Cache-Control say: an order that
  # was just placed would still not be there.
  # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
  forgotten_errors = length([for origin in var.origins : origin if origin.function_url != null]) == 0 ? [] : [404, 414, 500, 501, 502, 503, 504]
  # Whether / is a bucket's, which would answer with the list of what it holds.
  has_index         = anytrue([for behavior in local.behaviors : behavior.is_static && can(regex("^(/\\**|the default)$", behavior.path))])
  headers_policy_id = one(values(aws_cloudfront_response_headers_policy.security)[*].id)
}

resource "aws_cloudfront_origin_access_control" "signed" {
  for_each = toset([for kind in values(local.signed_as) : kind if kind != null])

  name                              = "${var.name}-${each.key}"
  description                       = "CloudFront signs for ${each.key == "s3" ? "buckets" : "function URLs"} behind ${var.name}"
  origin_access_control_origin_type = each.key
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_response_headers_policy" "security" {
  for_each = var.security_headers == null ? {} : { headers = var.security_headers }

  name    = "${var.name}-security"
  comment = "What browsers must keep to at ${var.name}"

  security_headers_config {
    # An origin that says it itself knows better.
    dynamic "content_security_policy" {
      for_each = each.value.content_security_policy == null ? [] : [each.value.content_security_policy]

      content {
        content_security_policy = content_security_policy.value
        override                = false
      }
    }

    content_type_options {
      override = true
    }

    frame_options {
      frame_option = each.value.frames
      override     = false
    }

    referrer_policy {
      override        = false
      referrer_policy = each.value.referrer
    }

    strict_transport_security {
      access_control_max_age_sec = each.value.hsts_days * 86400
      include_subdomains         = each.value.hsts_subdomains
      override                   = true
      preload                    = false
    }
  }
}

resource "aws_cloudfront_distribution" "cdn" {
  aliases             = var.aliases
  comment             = coalesce(var.description, var.name)
  default_root_object = local.has_index ? "index.html" : null
  enabled             = true
  http_version        = "http2and3"
  is_ipv6_enabled     = true
  price_class         = var.price_class
  tags                = merge({ Name = var.name }, var.tags)
  web_acl_id          = var.web_acl_arn

  dynamic "origin" {
    for_each = var.origins

    content {
      domain_name              = try(origin.value.bucket.domain, origin.value.function_url.domain)
      origin_access_control_id = local.signed_as[origin.key] == null ? null : aws_cloudfront_origin_access_control.signed[local.signed_as[origin.key]].id
      origin_id                = origin.key
      origin_path              = origin.value.path

      dynamic "custom_header" {
        for_each = local.headers[origin.key]

        content {
          name  = custom_header.key
          value = custom_header.value
        }
      }

      dynamic "custom_origin_config" {
        for_each = origin.value.function_url == null ? [] : [origin.value.timeout]

        content {
          http_port                = 80
          https_port               = 443
          origin_keepalive_timeout = 5
          origin_protocol_policy   = "https-only"
          origin_read_timeout      = custom_origin_config.value
          origin_ssl_protocols     = ["TLSv1.2"]
        }
      }
    }
  }

  default_cache_behavior {
    allowed_methods            = local.asked[0].methods
    cache_policy_id            = local.asked[0].cache_policy_id
    cached_methods             = local.methods.read
    compress                   = local.asked[0].compress
    origin_request_policy_id   = local.asked[0].origin_request_policy_id
    response_headers_policy_id = local.headers_policy_id
    target_origin_id           = local.asked[0].origin
    viewer_protocol_policy     = "redirect-to-https"

    dynamic "lambda_function_association" {
      for_each = local.asked[0].edge

      content {
        event_type   = lambda_function_association.value.event
        include_body = lambda_function_association.value.include_body
        lambda_arn   = lambda_function_association.value.lambda_arn
      }
    }
  }

  dynamic "ordered_cache_behavior" {
    for_each = slice(local.asked, 1, length(local.asked))

    content {
      allowed_methods            = ordered_cache_behavior.value.methods
      cache_policy_id            = ordered_cache_behavior.value.cache_policy_id
      cached_methods             = local.methods.read
      compress                   = ordered_cache_behavior.value.compress
      origin_request_policy_id   = ordered_cache_behavior.value.origin_request_policy_id
      path_pattern               = ordered_cache_behavior.value.path
      response_headers_policy_id = local.headers_policy_id
      target_origin_id           = ordered_cache_behavior.value.origin
      viewer_protocol_policy     = "redirect-to-https"

      dynamic "lambda_function_association" {
        for_each = ordered_cache_behavior.value.edge

        content {
          event_type   = lambda_function_association.value.event
          include_body = lambda_function_association.value.include_body
          lambda_arn   = lambda_function_association.value.lambda_arn
        }
      }
    }
  }

  dynamic "custom_error_response" {
    for_each = local.forgotten_errors

    content {
      error_caching_min_ttl = 0
      error_code            = custom_error_response.value
    }
  }

  restrictions {
    geo_restriction {
      locations        = try(sort(concat(var.geo.allow, var.geo.block)), [])
      restriction_type = var.geo == null ? "none" : length(var.geo.allow) > 0 ? "whitelist" : "blacklist"
    }
  }

  viewer_certificate {
    acm_certificate_arn            = var.certificate_arn
    cloudfront_default_certificate = var.certificate_arn == null
    # CloudFront's own certificate knows no policy, and says TLSv1.
    minimum_protocol_version = var.certificate_arn == null ? "TLSv1" : "TLSv1.2_2021"
    ssl_support_method       = var.certificate_arn == null ? null : "sni-only"
  }

  lifecycle {
    precondition {
      condition     = local.home == "us-east-1" # lint:ignore no-hard-coded-account-or-region CloudFront's metrics and logs are in no other
      error_message = "The provider us_east_1 works in ${local.home}, and CloudFront keeps metrics and logs in us-east-1 only: pass one of that region, as providers = { aws = aws, aws.us_east_1 = aws.us_east_1 }."
    }

    precondition {
      condition     = alltrue([for behavior in local.behaviors : contains(keys(var.origins), behavior.origin)])
      error_message = "Behaviors go to origins that are not there (${join(", ", [for behavior in local.behaviors : "${behavior.path}: ${behavior.origin}" if !contains(keys(var.origins), behavior.origin)])}): name one of ${join(", ", keys(var.origins))}."
    }

    precondition {
      condition     = alltrue([for behavior in local.behaviors : contains([for those in values(local.methods) : join(",", those)], join(",", behavior.methods))])
      error_message = "Behaviors allow methods that CloudFront does not put together (${join("; ", [for behavior in local.behaviors : "${behavior.path}: ${join(", ", behavior.methods)}" if !contains([for those in values(local.methods) : join(",", those)], join(",", behavior.methods))])}): it takes GET and HEAD, these with OPTIONS, or all seven."
    }

    precondition {
      condition     = alltrue([for behavior in local.behaviors : !(behavior.is_static && contains(behavior.methods, "PUT"))])
      error_message = "Behaviors let viewers write to a bucket (${join(", ", [for behavior in local.behaviors : behavior.path if behavior.is_static && contains(behavior.methods, "PUT")])}), and the distribution may only read it: leave methods out, and let an API sign addresses for uploads."
    }

    precondition {
      condition     = alltrue([for behavior in local.behaviors : !(behavior.signing == "oac" && contains(behavior.methods, "POST") && !behavior.hashed)])
      error_message = "Behaviors take bodies that nobody hashes (${join(", ", [for behavior in local.behaviors : behavior.path if behavior.signing == "oac" && contains(behavior.methods, "POST") && !behavior.hashed])}): with signing = \"oac\" Lambda refuses each body whose SHA-256 is not in x-amz-content-sha256. Take signing = \"oac_with_hash\" or \"edge\", or methods = [\"GET\", \"HEAD\"], or say clients_hash_bodies = true where all clients send it."
    }

    precondition {
      condition = alltrue([
        for behavior in local.behaviors : !contains(["edge", "oac_with_hash"], behavior.signing) || anytrue([for it in behavior.edge : it.event == "origin-request" && it.include_body])
      ])
      error_message = "Behaviors lack the edge function that their origin's signing is made by (${join(", ", [for behavior in local.behaviors : "${behavior.path}: ${behavior.signing}" if contains(["edge", "oac_with_hash"], behavior.signing) && !anytrue([for it in behavior.edge : it.event == "origin-request" && it.include_body])])}): name one in edge with event = \"origin-request\" and include_body = true, as edge = [module.signer.association]."
    }

    precondition {
      condition     = alltrue([for behavior in local.behaviors : length(distinct(behavior.edge[*].event)) == length(behavior.edge)])
      error_message = "Behaviors have two edge functions for one event (${join("; ", [for behavior in local.behaviors : "${behavior.path}: ${join(", ", behavior.edge[*].event)}" if length(distinct(behavior.edge[*].event)) != length(behavior.edge)])}): CloudFront runs one for each; put both into one."
    }
  }
}
