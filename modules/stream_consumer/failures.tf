# Where Lambda tells of batches that it gave up, unless another destination is named.
module "failures" {
  source = "../dead_letter_queue"
  count  = var.on_failure_arn == null ? 1 : 0

  name = "${var.name}-failures"
  # Stands among the alarms of the stream.
  alarms = null
  tags   = var.tags
}
