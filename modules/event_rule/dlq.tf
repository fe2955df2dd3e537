module "dlq" {
  source   = "../dead_letter_queue"
  for_each = { for name, dlq in { dlq = var.dlq } : name => dlq if dlq != null }

  name = "${var.name}-dlq"
  # Stands among the alarms of the rules.
  alarms         = null
  kms_key_arn    = var.kms_key_arn
  retention_days = each.value.retention_days
  # EventBridge uses no role for a dead-letter queue, whatever it delivers with:
  # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
  senders = { event_bridge = { service = "events.amazonaws.com", source_arns = values(local.arns) } }
  tags    = var.tags
}
