# What a cron expression takes, field by field:
# https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
locals {
  cron_numbers = {
    minute       = "[0-5]?[0-9]"
    hour         = "(?:[01]?[0-9]|2[0-3])"
    day_of_month = "(?:0?[1-9]|[12][0-9]|3[01])"
    month        = "(?:0?[1-9]|1[0-2]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)"
    day_of_week  = "(?:[1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)"
    year         = "(?:19[7-9][0-9]|20[0-9]{2}|21[0-9]{2})"
  }
  # Any, one or a range, and every so many of them.
  cron_items = { for name, number in local.cron_numbers : name => "(?:\\*|${number}(?:-${number})?)(?:/[1-9][0-9]*)?" }
  cron_lists = { for name, item in local.cron_items : name => "${item}(?:,${item})*" }

  cron_fields = [
    { name = "minute", takes = "0 to 59", pattern = "^${local.cron_lists.minute}$" },
    { name = "hour", takes = "0 to 23", pattern = "^${local.cron_lists.hour}$" },
    {
      name    = "day of the month"
      takes   = "1 to 31, L, W or ?"
      pattern = "^(?:\\?|LW?|${local.cron_numbers.day_of_month}W|${local.cron_lists.day_of_month})$"
    },
    { name = "month", takes = "1 to 12 or JAN to DEC", pattern = "^${local.cron_lists.month}$" },
    {
      name    = "day of the week"
      takes   = "1 to 7 (from Sunday) or SUN to SAT, L, # or ?"
      pattern = "^(?:\\?|L|${local.cron_numbers.day_of_week}(?:L|#[1-5])|${local.cron_lists.day_of_week})$"
    },
    { name = "year", takes = "1970 to 2199", pattern = "^${local.cron_lists.year}$" },
  ]

  # https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
  context_attributes = ["attempt-number", "execution-id", "schedule-arn", "scheduled-time"]
}
