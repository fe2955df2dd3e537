module "dlq" {
  source   = "../dead_letter_queue"
  for_each = { for name, dlq in { dlq = var.dlq } : name => dlq if dlq != null }

  name = "${var.name}-dlq"
  # Stands among the alarms of the jobs.
  alarms         = null
  kms_key_arn    = var.kms_key_arn
  retention_days = each.value.retention_days
  tags           = var.tags
}
