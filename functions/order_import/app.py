"""Orders from CSV files that are dropped in S3, and a report on each file.

The report is JSON Lines: a line for each refused row, and at its end a summary. It says the same
however often the file's event comes, and so does the table: an order's id is made from where it
stands, and the correlation id of a file's orders from what the file is. The handler returns only
when the report says what has become of the file. It raises for what another try may mend, and for
what is no upload, so that Lambda's failure destination hears.
"""

from __future__ import annotations

import os
from base64 import b32encode
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

import order_table
from json_log import bind, log
from metrics import count
from object_names import REPORT_SUFFIX
from order import place
from order_csv import BadRow, NotOrdersError, OrderRow, read_orders
from s3_event import MAX_KEY, is_test, uploads_in
from s3_object import LostObjectError, new_object, open_object
from timestamp import now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from hashlib import _Hash

    from object_stream import ObjectWriter
    from s3_event import Upload

    OutOfTime = Callable[[], bool]

_report_prefix = os.environ["REPORT_PREFIX"]
_json = msgspec.json.Encoder().encode


class IncompleteError(Exception):
    """Time ran out before the end of a file; the next try goes on where this one stopped."""


class LoopError(Exception):
    """The file lies where reports go, so its report would be an upload again."""


class Summary(msgspec.Struct):
    """What has become of a file: imported, rejected as a whole, or incomplete for now.

    Attributes
    ----------
    reason
        Why it was not imported, or not to its end.
    orders, refused
        Its rows until there: those that are orders in the table now, and the others.
    correlation_id
        What its orders carry: logs tell by it what belongs to the file.
    """

    bucket: str
    key: str
    etag: str
    version: str | None
    correlation_id: str
    status: str = "imported"
    reason: str | None = None
    orders: int = 0
    refused: int = 0


def handler(event: Any, context: Any) -> list[dict[str, Any]]:  # noqa: ANN401  Lambda's own
    """Import every file that an event of S3 names."""
    bind(None)
    if is_test(event):
        log("INFO", "S3 tried the notification out")
        return []
    out_of_time = _clock(context)
    return [
        msgspec.to_builtins(import_file(upload, out_of_time, context.aws_request_id))
        for upload in uploads_in(event)
    ]


def import_file(upload: Upload, out_of_time: OutOfTime, request_id: str) -> Summary:
    """Keep the orders of a file, and write its report."""
    if upload.key.startswith(_report_prefix):
        raise LoopError(f"A report would go to {_report_prefix}, which is watched: part the two")
    place_of = _place_of(upload)
    correlation_id = f"file-{_text_of(place_of)}"
    bind(correlation_id)
    summary = Summary(upload.bucket, upload.key, upload.etag, upload.version, correlation_id)
    with new_object(upload.bucket, report_key(upload.key), "application/jsonl") as report:
        try:
            _import_rows(upload, _ids(place_of), summary, report, out_of_time)
        except (LostObjectError, NotOrdersError) as error:
            summary.status, summary.reason = "rejected", str(error)
        except IncompleteError as error:
            summary.status, summary.reason = "incomplete", str(error)
        report.write(_json({"summary": summary}) + b"\n")
    log(
        "INFO" if summary.status == "imported" else "WARN",
        f"file {summary.status}",
        request_id=request_id,
        etag=upload.etag,
        version=upload.version,
        orders=summary.orders,
        refused=summary.refused,
    )
    # Of a file that takes several tries, the last one counts all rows.
    if summary.status == "imported":
        count(RowsImported=summary.orders, RowsRefused=summary.refused)
    if summary.status == "incomplete":
        raise IncompleteError(summary.reason)
    return summary


def report_key(key: str) -> str:
    """Return the key of the report on the file `key`: of its hash where its name is too long."""
    wanted = f"{_report_prefix}{key}{REPORT_SUFFIX}"
    if len(wanted.encode()) <= MAX_KEY:
        return wanted
    return f"{_report_prefix}{sha256(key.encode()).hexdigest()}{REPORT_SUFFIX}"


def _import_rows(
    upload: Upload,
    order_id: Callable[[int], str],
    summary: Summary,
    report: ObjectWriter,
    out_of_time: OutOfTime,
) -> None:
    seen_before = False
    with open_object(upload) as file:
        for rows in _batches(read_orders(file)):
            for bad in (row for row in rows if isinstance(row, BadRow)):
                report.write(_json(bad) + b"\n")
            good = [(order_id(row.line), row) for row in rows if isinstance(row, OrderRow)]
            seen_before = _keep(good, summary.correlation_id, look_first=seen_before)
            summary.orders += len(good)
            summary.refused += len(rows) - len(good)
            if out_of_time():
                raise IncompleteError(
                    f"Time ran out after line {rows[-1].line}. The next try goes on from there; "
                    "give the function more time or memory if there is none"
                )


def _keep(rows: list[tuple[str, OrderRow]], correlation_id: str, *, look_first: bool) -> bool:
    """Make orders of rows, and tell whether some were there before.

    A second try finds all that the first has written. To look costs a fraction of writing, so that
    it soon is where the first one stopped. The table alone decides what is new.
    """
    there = order_table.known([order_id for order_id, _ in rows]) if look_first and rows else set()
    at = now()
    orders = [
        (place(row.order, order_id=order_id, at=at, correlation_id=correlation_id), row.reference)
        for order_id, row in rows
        if order_id not in there
    ]
    return order_table.add_many(orders) < len(rows) if rows else look_first


def _place_of(upload: Upload) -> _Hash:
    """Return what ids of a file and its rows begin with: the same for equal content and key."""
    return sha256(f"{upload.bucket}\0{upload.key}\0{upload.etag}\0".encode())


def _ids(place_of: _Hash) -> Callable[[int], str]:
    """Return what makes a line's order id."""

    def order_id(line: int) -> str:
        digest = place_of.copy()
        digest.update(b"%d" % line)
        return _text_of(digest)

    return order_id


def _text_of(digest: _Hash) -> str:
    return b32encode(digest.digest()[:16]).decode().rstrip("=").lower()


def _batches(rows: Iterator[BadRow | OrderRow]) -> Iterator[list[BadRow | OrderRow]]:
    while batch := list(islice(rows, order_table.MAX_MANY)):
        yield batch


def _clock(context: Any) -> OutOfTime:  # noqa: ANN401  Lambda's own
    """Return what tells whether to stop: ten seconds, or a quarter of the time, before its end."""
    reserve = min(10_000, context.get_remaining_time_in_millis() // 4)
    return lambda: context.get_remaining_time_in_millis() < reserve
