"""Does its work for the moment that the schedule was due at, or for the days that are asked for."""

from __future__ import annotations

from typing import Any

from json_log import log
from schedule_event import Due, read_schedule_event


def handler(event: Any, context: Any) -> dict[str, str]:  # noqa: ANN401, ARG001  Lambda's own
    """Work, and say from where to where. The same event, as in a retry, does the same."""
    wanted = read_schedule_event(event)
    if isinstance(wanted, Due):
        first = last = wanted.at.isoformat()
    else:
        first, last = wanted.first.isoformat(), wanted.last.isoformat()
    log("INFO", "done", first=first, last=last)
    return {"first": first, "last": last}
