"""What is in a log group."""

from __future__ import annotations

from typing import Any


def messages(logs: Any, group: str, *, since: float = 0) -> list[str]:  # noqa: ANN401  boto3's own
    """Return every message of a log group, of all its streams.

    Parameters
    ----------
    logs
        A client of CloudWatch Logs.
    group
        The group's name.
    since
        Seconds since the epoch: older ones are left out.
    """
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=group, startTime=int(since * 1000)
    )
    return [event["message"] for page in pages for event in page["events"]]
