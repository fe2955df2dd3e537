"""The nightly jobs, run by Scheduler at once, and by hand for a day that is past."""

from __future__ import annotations

import datetime
import gzip
import json
import secrets
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tools.demo.rows import Effect, Row, must
from tools.waiting import until

if TYPE_CHECKING:
    from tools.demo.visit import Visit

DASHBOARD = "reports/dashboard.json"
ZONE = ZoneInfo("Europe/Berlin")
OLD_DAYS = 400
DAY = datetime.timedelta(days=1)


def _today() -> datetime.date:
    return datetime.datetime.now(ZONE).date()


def _reports_by_schedule(visit: Visit) -> str:
    day = _today() - DAY
    visit.service.run_now("report")
    key = f"reports/daily/{day}.json"
    until(f"report of {day}", lambda: visit.service.object("records", key))
    return f"{key.rsplit('/', 1)[1]} in S3"


def _reports_again(visit: Visit) -> str:
    service, day = visit.service, _today()

    def run() -> bytes:
        service.invoke("orders_report", {"day": str(day)})
        return service.object("records", f"reports/daily/{day}.json") or b"{}"

    # Orders that the rows above have placed may be on their way still.
    until("two runs with the same report", lambda: run() == run())
    report: Any = json.loads(run())
    must(report["placed"] > 0, "no orders in it")
    days = [each["day"] for each in json.loads(service.object("records", DASHBOARD) or b"")["days"]]
    must(str(day) in days, f"the dashboard has {days}")
    revenue = report["revenue_by_currency"].get("EUR", 0) / 100
    return f"{report['placed']} orders, {revenue:,.0f} EUR"


def _archives_by_schedule(visit: Visit) -> str:
    service = visit.service
    then = datetime.datetime.now(datetime.UTC) - OLD_DAYS * DAY
    order_id = f"old-{secrets.token_hex(8)}"
    service.put_order(order_id, "fulfilled", then)
    service.run_now("archive")
    until("the old order gone", lambda: service.item("orders", order_id) is None)
    packed = service.object("records", f"archive/{then:%Y/%m/%d}.jsonl.gz")
    must(packed is not None and order_id.encode() in gzip.decompress(packed), "not in the archive")
    return "in the archive, not in the table"


ROWS: tuple[Row, ...] = (
    Effect("The nightly report", "an object in S3", _reports_by_schedule),
    Effect("The report of today by hand, twice", "the same bytes", _reports_again),
    Effect("The archive takes an order that is 400 days old", "moved to S3", _archives_by_schedule),
)
