"""Moves old orders that are final from the table to the archive in S3.

First the archive has an order, and is seen to have it; then the table loses it. So a run that is
killed at any point leaves every order in one of the two at least, and the next run goes on.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

import order_archive
import order_table
from json_log import log
from local_day import DAY, days_between, span_of
from order import FINAL_STATUSES
from schedule_event import Due, InvalidScheduleEventError, read_schedule_event

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LEAST_MILLISECONDS = 30_000
"""What must be left of the function's time to begin with another day."""

_after = timedelta(days=int(os.environ["ARCHIVE_AFTER_DAYS"]))


def handler(event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401  Lambda's own
    """Archive the days that are asked for, as many as there is time for."""
    moved: dict[str, int] = {}
    for day in days_asked(event):
        if moved and context.get_remaining_time_in_millis() < LEAST_MILLISECONDS:
            log("WARN", "unfinished", next_day=day.isoformat())
            return {"moved": moved, "next_day": day.isoformat()}
        moved[day.isoformat()] = archive(day)
    return {"moved": moved, "next_day": None}


def days_asked(event: Any) -> Iterable[date]:  # noqa: ANN401  whatever invokes the function
    """Return the days in UTC whose orders are to go, the oldest first.

    Raises
    ------
    InvalidScheduleEventError
        It is no event of ours, or a day of it is too young.
    """
    wanted = read_schedule_event(event)
    if isinstance(wanted, Due):
        return old_days(wanted.at.astimezone(UTC).date() - _after)
    youngest = datetime.now(UTC).date() - _after - DAY
    if wanted.last > youngest:
        raise InvalidScheduleEventError(
            f"{wanted.last} is too young: orders stay {_after.days} days, so {youngest} may go"
        )
    return days_between(wanted.first, wanted.last)


def old_days(end: date) -> Iterator[date]:
    """Yield the days before `end` that have final orders in the table."""
    after = date.min
    while after < end:
        span = span_of(after, UTC)[0], span_of(end, UTC)[0]
        oldest = [
            order.created_at
            for status in FINAL_STATUSES
            for order in islice(order_table.created_between(status, *span, page_size=1), 1)
        ]
        if not oldest:
            return
        day = date.fromisoformat(min(oldest)[:10])
        yield day
        # An order that could not go is no reason to come back to its day.
        after = day + DAY


def archive(day: date) -> int:
    """Move the final orders of one day; return how many are in the archive alone now."""
    span = span_of(day, UTC)
    orders = [o for status in FINAL_STATUSES for o in order_table.created_between(status, *span)]
    if not orders:
        return 0
    order_archive.keep(day, orders)
    moved = sum(order_table.remove(order) for order in orders)
    log("INFO", "archived", day=day.isoformat(), moved=moved, stayed=len(orders) - moved)
    return moved
