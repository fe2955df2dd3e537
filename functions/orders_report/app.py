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
    from collections.abc import Iterable

    from order import Order

DASHBOARD_DAYS = 30
DAILY = "reports/daily/"
# As an order lives, so that one that moves on while we read is met again later on. One that goes
# back from its approval is met by the second look.
READING_ORDER = (PLACED, FULFILLING, AWAITING_APPROVAL, FULFILLING, FULFILLED, FAILED, CANCELLED)


def handler(event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001  Lambda's own
    """Report the days that are asked for, and those before them that have changed since."""
    asked = days_asked(event)
    known = [date.fromisoformat(k[len(DAILY) :][:10]) for k in object_store.keys(DAILY)]
    first, last = min([*known, *asked]), max([*known, *asked])
    window = days_between(max(first, last - (DASHBOARD_DAYS - 1) * DAY), last)
    reports = {day: kept_report(day) if day in known else None for day in window}
    open_days = {day for day, report in reports.items() if report is None or not report.settled}
    for day in sorted({*asked, *open_days}):
        report = report_of(day.isoformat(), _zone().key, orders_of(day))
        object_store.put(_key(day), write(report), "application/json")
        log("INFO", "reported", day=report.day, placed=report.placed)
        reports[day] = report
    dashboard = Dashboard([kept for day in window if (kept := reports[day])])
    object_store.put(DASHBOARD, write(dashboard), "application/json")
    return {"days": [day.isoformat() for day in sorted({*asked, *open_days})]}


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


def orders_of(day: date) -> Iterable[Order]:
    """Return the orders that were placed on the local day `day`, of each its newest version."""
    span = span_of(day, _zone())
    orders = [o for status in READING_ORDER for o in order_table.created_between(status, *span)]
    # After the table: what left it in between is in the archive by now.
    for utc_day in utc_days_of(span):
        archived = order_archive.read(utc_day).values()
        orders += [order for order in archived if span[0] <= order.created_at < span[1]]
    return order_archive.newest_of(orders).values()


def kept_report(day: date) -> DayReport | None:
    """Return the report of `day` as it stands, or None without one."""
    found = object_store.get(_key(day))
    return None if found is None else read_report(found.body)


@cache
def _zone() -> ZoneInfo:
    return ZoneInfo(os.environ["TIME_ZONE"])


def _key(day: date) -> str:
    return f"{DAILY}{day.isoformat()}.json"
