output "alarms" {
  description = "ARNs of the alarms by what they watch: failed, invalid_attributes, invalid_body, lost."
  value       = { for name, alarm in aws_cloudwatch_metric_alarm.topic : name => alarm.arn }
}

output "arn" {
  description = "ARN of the topic."
  value       = local.arn
  depends_on  = [aws_sns_topic.topic]
}

output "fifo" {
  description = "Whether the topic keeps the order of messages; its subscribers must be alike."
  value       = var.fifo
}

output "grants" {
  description = "What others of this account can be allowed to do with the topic: publish."
  value = {
    publish = {
      actions   = ["sns:Publish"]
      resources = [local.arn]
      also = var.kms_key_arn == null ? [] : [{
        actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
        resources = [var.kms_key_arn]
        # Only through SNS: the key opens nothing else for the holder of the grant.
        conditions = { StringEquals = { "kms:ViaService" = ["sns.${local.region}.amazonaws.com"] } }
      }]
    }
  }
  depends_on = [aws_sns_topic.topic]
}

output "name" {
  description = "Name of the topic, with .fifo at its end if it is one."
  value       = local.name
  depends_on  = [aws_sns_topic.topic]
}

output "widgets" {
  description = "Dashboard widgets of the topic, each as JSON."
  value       = [for widget in local.widgets : jsonencode(widget)]
}
