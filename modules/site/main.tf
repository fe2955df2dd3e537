locals {
  # Neither hidden files nor what is in hidden folders.
  files = toset([for path in fileset(var.folder, "**") : path if !can(regex("(^|/)\\.", path))])

  # By extension: https://www.iana.org/assignments/media-types
  content_types = {
    avif        = "image/avif"
    css         = "text/css; charset=utf-8"
    csv         = "text/csv; charset=utf-8"
    gif         = "image/gif"
    html        = "text/html; charset=utf-8"
    ico         = "image/vnd.microsoft.icon"
    jpeg        = "image/jpeg"
    jpg         = "image/jpeg"
    js          = "text/javascript; charset=utf-8"
    json        = "application/json"
    map         = "application/json"
    md          = "text/markdown; charset=utf-8"
    mjs         = "text/javascript; charset=utf-8"
    pdf         = "application/pdf"
    png         = "image/png"
    svg         = "image/svg+xml; charset=utf-8"
    txt         = "text/plain; charset=utf-8"
    wasm        = "application/wasm"
    webmanifest = "application/manifest+json"
    webp        = "image/webp"
    woff2       = "font/woff2"
    xml         = "application/xml; charset=utf-8"
  }
  extensions = { for path in local.files : path => lower(try(regex("\\.([A-Za-z0-9]+)$", path)[0], "")) }

  # A hash in the name: with other content it would be another name.
  hashed = "[.-][0-9A-Fa-f]{8,64}\\.[A-Za-z0-9]+$"
  cache_control = {
    for path in local.files : path => can(regex(local.hashed, path)) ? "public, max-age=31536000, immutable" : "public, max-age=0, must-revalidate"
  }
}

module "bucket" {
  source = "../bucket"

  bucket              = var.bucket
  alarms              = var.alarms
  deletion_protection = var.deletion_protection
  lifecycle_days      = { replaced = var.replaced_days }
  statements          = var.statements
  tags                = var.tags
}

resource "aws_s3_object" "file" {
  for_each = local.files

  bucket        = module.bucket.bucket
  key           = each.key
  cache_control = local.cache_control[each.key]
  content_type  = lookup(local.content_types, local.extensions[each.key], "application/octet-stream")
  etag          = filemd5("${var.folder}/${each.key}")
  source        = "${var.folder}/${each.key}"
  tags          = var.tags
}
