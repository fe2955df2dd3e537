"""Days as a calendar on the wall has them: 23, 24 or 25 hours long. Pure: no AWS, no clock."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from timestamp import text_of

if TYPE_CHECKING:
    from datetime import tzinfo

DAY = timedelta(days=1)


def span_of(day: date, zone: tzinfo) -> tuple[str, str]:
    """Return when `day` begins in `zone`, and when the next one does, as an order's created_at.

    The day after begins where a day ends, so every moment belongs to one day, whatever the clocks
    do in between.
    """
    return _begin_of(day, zone), _begin_of(day + DAY, zone)


def day_before(moment: datetime, zone: tzinfo) -> date:
    """Return the last day that had ended in `zone` at `moment`."""
    return moment.astimezone(zone).date() - DAY


def days_between(first: date, last: date) -> list[date]:
    """Return the days from `first` to `last`, both included."""
    return [first + n * DAY for n in range((last - first).days + 1)]


def utc_days_of(span: tuple[str, str]) -> list[date]:
    """Return the days in UTC that a span of `span_of` touches."""
    first, end = (datetime.fromisoformat(moment) for moment in span)
    return days_between(first.date(), max(first, end - timedelta(microseconds=1)).date())


def _begin_of(day: date, zone: tzinfo) -> str:
    # Where clocks skip midnight, the first offset (fold=0) gives the moment at which they do.
    return text_of(datetime.combine(day, time.min, zone))
