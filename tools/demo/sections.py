"""What the demo shows, in the order in which it does."""

from __future__ import annotations

from tools.demo import apis, cdn, cron, events, fulfilment, function_url, uploads

SECTIONS = (
    ("Function URL: each request signed by an IAM user that may do just what it needs",
     function_url.ROWS),
    ("HTTP API and REST API in front of the same function", apis.ROWS),
    ("CloudFront: static site and API behind the edge signer", cdn.ROWS),
    ("Fulfilment in Step Functions, started by the order's event", fulfilment.ROWS),
    ("Events: the table's stream, a topic, two queues", events.ROWS),
    ("Files dropped in S3", uploads.ROWS),
    ("Nightly jobs, run now", cron.ROWS),
)  # fmt: skip
