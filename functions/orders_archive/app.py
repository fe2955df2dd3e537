"""Moves old orders that are final from the table to the archive in S3.

First the archive has an order, and is seen to have it; then the table loses it. So a run that is
killed at any point leaves every order in one of the two at least, and the next run goes on.

A day may have any number of orders. They go through in the order of their creation, a page at a
time; what there is no time for stays in the table.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import order_archive
import order_table
from json_log import log
from local_day import DAY, days_between, span_of
from order import FINAL_STATUSES
from schedule_event import Due, InvalidScheduleEventError, read_schedule_event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from order import Order

LEAST_MILLISECONDS = 30_000
"""What must be left of the function's time to begin with another day, or with more of one."""
LEAST_MILLISECONDS_TO_REMOVE = 15_000
"""What must be left to remove another hundred orders, which DynamoDB may make wait."""

_after = timedelta(days=int(os.environ["ARCHIVE_AFTER_DAYS"]))


def handler(event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401  Lambda's own
    """Archive the days that are asked for, as many as there is time for."""
    left = context.get_remaining_time_in_millis
    moved: dict[str, int] = {}
    for day in days_asked(event):
        name, whole, stuck = day.isoformat(), False, False
        while not whole:
            if stuck or (moved and left() < LEAST_MILLISECONDS):
                log("WARN", "unfinished", next_day=name)
                return {"moved": moved, "next_day": name}
            count, whole = archive(day, left)
            moved[name] = moved.get(name, 0) + count
            # What none of a part could leave for now, another look at once would find again.
            stuck = count == 0
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


def archive(day: date, left: Callable[[], int]) -> tuple[int, bool]:
    """Move the final orders of one day.

    Two fifths of the time are for bringing orders to the archive, the rest is for removing them
    from the table, since what is in both is no step forward yet.

    Parameters
    ----------
    day
        Which day in UTC.
    left
        Tells the milliseconds that are left of the function's time.

    Returns
    -------
    tuple of int and bool
        How many are in the archive alone now, and whether there was time for all.
    """
    span = span_of(day, UTC)
    reserve = left() * 3 // 5
    whole = True

    def in_time(orders: Iterable[Order]) -> Iterator[Order]:
        nonlocal whole
        for order in orders:
            yield order
            if left() < reserve:
                whole = False
                return

    found = order_archive.newest_of(*(
        order_table.created_between(status, *span) for status in FINAL_STATUSES
    ))  # fmt: skip
    first = next(found, None)
    if first is None:
        return 0, True
    etag = order_archive.keep(day, in_time(chain([first], found)))
    standing = order_archive.standing_of(
        day,
        etag,
        order_archive.newest_of(*(
            order_table.briefly_created_between(status, *span) for status in FINAL_STATUSES
        )),
    )  # fmt: skip
    moved = stayed = 0
    while batch := list(islice(standing, order_table.MAX_MANY)):
        gone = order_table.remove_many(batch)
        moved += gone
        stayed += len(batch) - gone
        if left() < LEAST_MILLISECONDS_TO_REMOVE:
            whole = False
            break
    log("INFO", "archived", day=day.isoformat(), moved=moved, stayed=stayed, whole=whole)
    return moved, whole
