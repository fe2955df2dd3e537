"""Names of objects in S3 that one function writes and another reads."""

DASHBOARD = "reports/dashboard.json"
"""What the nights leave for the website."""
REPORT_SUFFIX = ".report.jsonl"
"""After a file's own key: the report on its import."""
