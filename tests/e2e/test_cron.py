"""The nightly jobs: the same result whenever, however often and by whomever they are run."""

from __future__ import annotations

import gzip
import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from tools.order_service.orders import ORDER, ORDER_TOTAL
from tools.waiting import until

if TYPE_CHECKING:
    from tools.order_service.service import Service

ZONE = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
DASHBOARD = "reports/dashboard.json"
NOTHING = {
    "awaiting_approval": 0, "cancelled": 0, "failed": 0, "fulfilled": 0, "fulfilling": 0,
    "placed": 0,
}  # fmt: skip


def at(text: str) -> datetime:
    """Return a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def keep(service: Service, moment: datetime, status: str = "fulfilled") -> str:
    """Put an order that was placed at a moment; return its id."""
    order_id = f"cron-{secrets.token_hex(8)}"
    service.put_order(order_id, status, moment, ORDER)
    return order_id


def report_of(service: Service, day: date) -> Any:  # noqa: ANN401  any JSON
    """Return the report on a day as it stands."""
    body = service.object("records", f"reports/daily/{day}.json")
    return None if body is None else json.loads(body)


def reported(service: Service, day: date) -> Any:  # noqa: ANN401  any JSON
    """Run the report on a day by hand, and return it."""
    service.invoke("orders_report", {"day": str(day)})
    return report_of(service, day)


def archived(service: Service, day: date) -> set[str]:
    """Return the ids of the orders in the archive of a day in UTC."""
    packed = service.object("records", f"archive/{day:%Y/%m/%d}.jsonl.gz")
    lines = gzip.decompress(packed).splitlines() if packed else []
    return {json.loads(line)["id"] for line in lines}


# A run's days are its own, also on a stack that other runs have used.
_days = count(secrets.randbelow(7000))


@pytest.fixture
def day() -> date:
    """A past day of a test's own, long enough ago to be archived."""
    return date(2001, 1, 1) + next(_days) * DAY


# --- by schedule ----------------------------------------------------------------------------------


def test_scheduler_runs_the_report_of_the_local_day_before(service: Service) -> None:
    yesterday = datetime.now(ZONE).date() - DAY
    noon = datetime.combine(yesterday, datetime.min.time(), ZONE) + timedelta(hours=12)
    before = (report_of(service, yesterday) or {"placed": 0})["placed"]
    keep(service, noon.astimezone(UTC))
    service.run_now("report")

    # A run writes the report first and the dashboard last, and other runs write both: wait until
    # they agree.
    def seen() -> Any:  # noqa: ANN401  any JSON
        report = report_of(service, yesterday)
        dashboard = json.loads(service.object("records", DASHBOARD) or b'{"days": []}')
        counted = report is not None and report["placed"] > before
        return report if counted and report in dashboard["days"] else None

    report = until(f"report of {yesterday}, and in the dashboard", seen)
    assert report["time_zone"] == "Europe/Berlin"


def test_scheduler_runs_the_archive_of_old_orders(service: Service) -> None:
    # The youngest day that is old enough: when it is done, so are all before it.
    day = datetime.now(UTC).date() - 91 * DAY
    moment = datetime.combine(day, datetime.min.time(), UTC)
    gone, open_still = keep(service, moment), keep(service, moment, "fulfilling")
    young = keep(service, datetime.now(UTC) - 30 * DAY)
    service.run_now("archive")
    until("the old order gone", lambda: service.item("orders", gone) is None)
    assert gone in archived(service, day)
    assert open_still not in archived(service, day)
    assert service.status(open_still) == "fulfilling"
    assert service.status(young) == "fulfilled"


# --- by hand --------------------------------------------------------------------------------------


def test_a_report_that_is_run_twice_has_the_same_bytes(service: Service, day: date) -> None:
    for status in ("fulfilled", "cancelled", "failed"):
        keep(service, datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=9), status)
    seen = []
    for _ in range(2):
        service.invoke("orders_report", {"day": str(day)})
        seen.append(service.object("records", f"reports/daily/{day}.json"))
    assert seen[0] is not None
    assert seen[0] == seen[1]
    report = json.loads(seen[0])
    assert report["by_status"] == NOTHING | {"fulfilled": 1, "cancelled": 1, "failed": 1}
    assert report["revenue_by_currency"] == {"EUR": ORDER_TOTAL}


def test_an_archive_that_is_run_twice_has_the_same_bytes(service: Service, day: date) -> None:
    ids = {keep(service, datetime.combine(day, datetime.min.time(), UTC)) for _ in range(5)}
    key = f"archive/{day:%Y/%m/%d}.jsonl.gz"
    first = service.invoke("orders_archive", {"day": str(day)})
    packed = service.object("records", key)
    second = service.invoke("orders_archive", {"day": str(day)})
    assert first == {"moved": {str(day): 5}, "next_day": None}
    assert second == {"moved": {str(day): 0}, "next_day": None}
    assert service.object("records", key) == packed
    assert archived(service, day) == ids


def test_archived_orders_count_in_the_report_of_their_day(service: Service, day: date) -> None:
    noon = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=12)
    for _ in range(3):
        keep(service, noon)
    before = reported(service, day)
    assert before["placed"] == 3
    service.invoke("orders_archive", {"day": str(day)})
    assert reported(service, day) == before
    # And one that came to the table later is added to them.
    keep(service, noon)
    assert reported(service, day)["placed"] == 4


def test_a_day_too_young_to_be_archived_stays(service: Service) -> None:
    moment = datetime.now(UTC) - 30 * DAY
    order_id = keep(service, moment)
    with pytest.raises(RuntimeError, match="too young"):
        service.invoke("orders_archive", {"day": str(moment.date())})
    assert service.status(order_id) == "fulfilled"


# --- local days -----------------------------------------------------------------------------------

NIGHTS = {
    # An hour ahead of UTC in winter, two in summer.
    "winter, before midnight": ("T22:59:59.999999", 1, 0),
    "winter, at midnight": ("T23:00:00", 1, 1),
    "winter, half past eleven": ("T23:30:00", 1, 1),
    "summer, before midnight": ("T21:59:59.999999", 7, 0),
    "summer, at midnight": ("T22:00:00", 7, 1),
    "summer, half past eleven": ("T23:30:00", 7, 1),
}


@pytest.mark.parametrize(("time", "month", "later"), NIGHTS.values(), ids=NIGHTS)
def test_an_order_counts_for_its_local_day(
    service: Service, time: str, month: int, later: int
) -> None:
    utc_day = date(2024, month, 14)
    days = [utc_day + n * DAY for n in range(2)]
    before = [reported(service, each)["placed"] for each in days]
    keep(service, at(f"{utc_day}{time}"))
    found = [reported(service, each)["placed"] for each in days]
    assert [now - then for now, then in zip(found, before, strict=True)] == [1 - later, later]


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2024, 3, 31), "2024-03-30T23:00:00", "2024-03-31T21:59:59.999999"),
        (date(2024, 10, 27), "2024-10-26T22:00:00", "2024-10-27T22:59:59.999999"),
    ],
    ids=["23 hours long", "25 hours long"],
)
def test_a_day_on_which_the_clocks_change_is_whole(
    service: Service, day: date, first: str, last: str
) -> None:
    before = reported(service, day)["placed"]
    inside = [keep(service, moment) for moment in (at(first), at(last))]
    tick = timedelta(microseconds=1)
    for outside in (at(first) - tick, at(last) + tick):
        keep(service, outside)
    assert reported(service, day)["placed"] - before == len(inside)


# --- wrong events, and several at once ------------------------------------------------------------

MALFORMED: dict[str, object] = {
    "null": None,
    "a text": "2026-11-24",
    "a list": [],
    "nothing": {},
    "another field": {"date": "2026-11-24"},
    "both": {"day": "2026-11-24", "scheduled_at": "2026-11-25T01:00:00Z"},
    "no day": {"day": "2026-02-30"},
    "a day in another way": {"day": "20261124"},
    "a number": {"day": 20261124},
    "a moment without a zone": {"scheduled_at": "2026-11-25T01:00:00"},
    "no moment": {"scheduled_at": "<aws.scheduler.scheduled-time>"},
    "from without to": {"from": "2026-11-01"},
    "backwards": {"from": "2026-11-24", "to": "2026-11-01"},
    "too many days": {"from": "2026-01-01", "to": "2026-11-01"},
    "an event of EventBridge": {"source": "aws.events", "detail": {}, "time": "2026-11-25"},
}


@pytest.mark.parametrize("function", ["orders_report", "orders_archive"])
@pytest.mark.parametrize("event", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_event_of_a_job_raises(service: Service, function: str, event: object) -> None:
    with pytest.raises(RuntimeError, match="InvalidScheduleEventError"):
        service.invoke(function, event)


def test_a_day_that_is_still_to_come_has_no_report(service: Service) -> None:
    tomorrow = datetime.now(ZONE).date() + DAY
    with pytest.raises(RuntimeError, match="still to come"):
        service.invoke("orders_report", {"day": str(tomorrow)})
    assert report_of(service, tomorrow) is None


def test_reports_at_the_same_time_end_with_the_same_result(service: Service, day: date) -> None:
    for hour in range(8):
        keep(service, datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=hour))
    service.client("lambda")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: service.invoke("orders_report", {"day": str(day)}), range(4)))
    at_once = service.object("records", f"reports/daily/{day}.json")
    service.invoke("orders_report", {"day": str(day)})
    assert at_once == service.object("records", f"reports/daily/{day}.json")


def test_archives_at_the_same_time_lose_no_order_and_double_none(
    service: Service, day: date
) -> None:
    ids = {keep(service, datetime.combine(day, datetime.min.time(), UTC)) for _ in range(30)}
    service.client("lambda")

    def run(_: int) -> str:
        try:
            service.invoke("orders_archive", {"day": str(day)})
        except RuntimeError as error:
            # Whoever wrote second says so, and Scheduler lets it run again.
            return str(error)
        return ""

    with ThreadPoolExecutor(4) as pool:
        errors = [error for error in pool.map(run, range(4)) if error]
    assert all("ObjectChangedError" in error for error in errors), errors
    assert len(errors) < 4
    service.invoke("orders_archive", {"day": str(day)})
    assert archived(service, day) == ids
    packed = gzip.decompress(service.object("records", f"archive/{day:%Y/%m/%d}.jsonl.gz") or b"")
    assert len(packed.splitlines()) == len(ids)
    assert [order_id for order_id in ids if service.item("orders", order_id)] == []
