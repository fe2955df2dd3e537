"""What a day's orders came to. Pure: no AWS, no clock, the same bytes for the same orders."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from order import FINAL_STATUSES, FULFILLED, STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from order import BriefOrder

_encode = msgspec.json.Encoder(order="sorted").encode


class DayReport(Struct, frozen=True):
    """One day's orders.

    Attributes
    ----------
    day
        The local day on which they were placed, ``2026-11-24``.
    time_zone
        Where it was that day.
    placed
        How many were placed.
    by_status
        How many of them are now in each status; all statuses are there.
    revenue_by_currency
        What the fulfilled ones cost together, in minor units.
    """

    day: str
    time_zone: str
    placed: int
    by_status: dict[str, int]
    revenue_by_currency: dict[str, int]

    @property
    def settled(self) -> bool:
        """Whether all of them are final, so that the day cannot change any more."""
        return not any(self.by_status.get(status, 0) for status in STATUSES if status not in _FINAL)


class Dashboard(Struct, frozen=True):
    """What the dashboard's page shows: reports of days, the oldest first."""

    days: list[DayReport]


_FINAL = frozenset(FINAL_STATUSES)
_read_report = msgspec.json.Decoder(DayReport).decode


def report_of(day: str, time_zone: str, orders: Iterable[BriefOrder]) -> DayReport:
    """Return the report of `day`, on which `orders` were placed."""
    statuses: Counter[str] = Counter(dict.fromkeys(STATUSES, 0))
    revenue: Counter[str] = Counter()
    for order in orders:
        statuses[order.status] += 1
        if order.status == FULFILLED:
            revenue[order.currency] += order.total
    return DayReport(day, time_zone, statuses.total(), dict(statuses), dict(revenue))


def read_report(body: bytes) -> DayReport:
    """Return the report that `write` wrote."""
    return _read_report(body)


def write(content: DayReport | Dashboard) -> bytes:
    """Return a report or the dashboard as JSON, its keys sorted."""
    return _encode(content)
