resource "aws_sns_topic_subscription" "subscription" {
  for_each = var.subscriptions

  topic_arn            = each.value.topic.arn
  protocol             = "sqs"
  endpoint             = local.arn
  filter_policy        = each.value.filter
  filter_policy_scope  = each.value.filter == null ? null : each.value.scope
  raw_message_delivery = each.value.raw
  redrive_policy       = jsonencode({ deadLetterTargetArn = local.dlq_arn })

  # The queue's policy stands in the queue: what is delivered first is let in.
  depends_on = [aws_sqs_queue.queue]
}
