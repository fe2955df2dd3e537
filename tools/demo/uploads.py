"""Files in S3: orders out of a CSV file, a report beside it, and nothing twice."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from tools.demo.rows import Effect, Row, must
from tools.order_service.orders import CUP, TEA

if TYPE_CHECKING:
    from tools.demo.visit import Visit

HEAD = "reference,customer,currency,sku,quantity,unit_price"
GOOD = 20
BAD_LINE = 7


def csv_file(mark: str) -> bytes:
    """Return a file of orders, one row of which is wrong; `mark` makes it one of its own."""
    rows = [f"{mark}-{n},ada@example.com,EUR,{(TEA, CUP)[n % 2]},{n + 1},650" for n in range(GOOD)]
    rows.insert(BAD_LINE - 2, f"{mark}-bad,ada@example.com,euro,{TEA},0,650")
    return "\n".join([HEAD, *rows, ""]).encode()


def _imports(visit: Visit) -> str:
    mark = secrets.token_hex(4)
    visit.file = f"März 2026/orders + returns {mark}.csv"
    version = visit.service.upload(visit.file, csv_file(mark))
    *refused, last = visit.service.report(visit.file, version)
    summary = last["summary"]
    must(summary["orders"] == GOOD, f"{summary['orders']} orders")
    must([row["line"] for row in refused] == [BAD_LINE], f"refused: {refused}")
    return f"{GOOD} orders, line {BAD_LINE} refused"


def _imports_once(visit: Visit) -> str:
    mark = visit.file.removesuffix(".csv").rsplit(" ", 1)[1]
    before = visit.service.count_of("orders", f"{mark}-")
    version = visit.service.upload(visit.file, csv_file(mark))
    visit.service.report(visit.file, version)
    after = visit.service.count_of("orders", f"{mark}-")
    must(before == after == GOOD, f"{before} orders, then {after}")
    return f"still {after} orders"


def _rejects(visit: Visit) -> str:
    key = f"holiday {secrets.token_hex(4)}.csv"
    version = visit.service.upload(key, b"\x89PNG\r\n\x1a\n" + bytes(64))
    summary = visit.service.report(key, version)[-1]["summary"]
    must(summary["status"] == "rejected", summary["status"])
    return "rejected, not tried again"


ROWS: tuple[Row, ...] = (
    Effect("A CSV file, one row of it wrong", "orders, and a report", _imports),
    Effect("The same file again", "no order twice", _imports_once),
    Effect("A picture that is called .csv", "a report that says so", _rejects),
)
