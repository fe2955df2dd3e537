"""Counts what the orders of a day came to, and keeps the dashboard's data."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import object_store
import order_archive
import order_table
from json_log import log
from local_day import DAY, day_before, days_between, span_of, utc_days_of
from object_names import DASHBOARD
from order import AWAITING_APPROVAL, CANCELLED, FAILED, FULFILLED, FULFILLING, PLACED
from order_report import Dashboard, DayReport, read_report, report_of, write
from schedule_event import Due, InvalidScheduleEventError, read_schedule_event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from order import BriefOrder

DASHBOARD_DAYS = 30
DAILY = "reports/daily/"
LEAST_MILLISECONDS = 60_000
"""What must be left of the function's time to begin with another day."""
TRIES = 3
"""How often a day is read that is being archived meanwhile."""
# As an order lives, so that one that moves on while we read is met again later on. One that goes
# back from its approval is met by the second look.
READING_ORDER = (PLACED, FULFILLING, AWAITING_APPROVAL, FULFILLING, FULFILLED, FAILED, CANCELLED)


def handler(event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401  Lambda's own
    """Report the days that are asked for, and those before them that have changed since."""
    asked = days_asked(event)
    known = [date.fromisoformat(k[len(DAILY) :][:10]) for k in object_store.keys(DAILY)]
    first, last = min([*known, *asked]), max([*known, *asked])
    window = days_between(max(first, last - (DASHBOARD_DAYS - 1) * DAY), last)
    reports = {day: kept_report(day) if day in known else None for day in window}
    open_days = {day for day, report in reports.items() if report is None or not report.settled}
    # Those first that are asked for. What there is no time for stays open.
    days = sorted(asked) + sorted(open_days - {*asked})
    done: list[date] = []
    for day in days:
        if done and context.get_remaining_time_in_millis() < LEAST_MILLISECONDS:
            break
        report = report_on(day)
        object_store.put(_key(day), write(report), "application/json")
        log("INFO", "reported", day=report.day, placed=report.placed)
        reports[day] = report
        done.append(day)
    dashboard = Dashboard([kept for day in window if (kept := reports[day])])
    object_store.put(DASHBOARD, write(dashboard), "application/json")
    left = sorted(day.isoformat() for day in days[len(done) :])
    if left:
        log("WARN", "unfinished", days=" ".join(left))
    return {"days": sorted(day.isoformat() for day in done), "left": left}


def days_asked(event: Any) -> list[date]:  # noqa: ANN401  whatever invokes the function
    """Return the days that `event` wants reported.

    Raises
    ------
    InvalidScheduleEventError
        It is no event of ours, or a day of it has not begun: its report would hide all others.
    """
    wanted = read_schedule_event(event)
    if isinstance(wanted, Due):
        days = [day_before(wanted.at, _zone())]
    else:
        days = days_between(wanted.first, wanted.last)
    today = datetime.now(UTC).astimezone(_zone()).date()
    if days[-1] > today:
        raise InvalidScheduleEventError(f"{days[-1]} is still to come; today is {today}")
    return days


def report_on(day: date) -> DayReport:
    """Return what the orders came to that were placed on the local day `day`.

    Raises
    ------
    ObjectChangedError
        The day was being archived all the while.
    """
    span = span_of(day, _zone())
    for tries_left in reversed(range(TRIES)):
        archive = order_archive.Reading(utc_days_of(span))
        archived = (order for order in archive if span[0] <= order.created_at < span[1])
        orders = order_archive.newest_of(orders_in_table(*span), archived)
        report = report_of(day.isoformat(), _zone().key, orders)
        # What left the table while it was read was in the archive before. So the archive has it,
        # if it is still the one that was read.
        changed = archive.changed()
        if changed is None:
            break
        if not tries_left:
            raise object_store.ObjectChangedError(changed)
    return report


def orders_in_table(first: str, end: str) -> Iterator[BriefOrder]:
    """Yield the orders in the table that were created in a span, the oldest first.

    A part of the span is read in each status after the other, in `READING_ORDER`, and then the
    next part. A part ends where the first page ends that has not room for all.
    """
    part_end = ""
    while part_end != end:
        part_end, pages = end, []
        for status in READING_ORDER:
            page, last = order_table.first_created_between(status, first, part_end)
            pages.append(page)
            part_end = last or part_end
        for order in order_archive.newest_of(*pages):
            if order_table.created_key(order) > part_end:
                # Another status' page may have ended before: it is met again in the next part.
                break
            yield order
        # No id has a space, so this is between the last key of a part and any other one.
        first = f"{part_end} "


def kept_report(day: date) -> DayReport | None:
    """Return the report of `day` as it stands, or None without one."""
    found = object_store.get(_key(day))
    return None if found is None else read_report(found)


@cache
def _zone() -> ZoneInfo:
    return ZoneInfo(os.environ["TIME_ZONE"])


def _key(day: date) -> str:
    return f"{DAILY}{day.isoformat()}.json"
