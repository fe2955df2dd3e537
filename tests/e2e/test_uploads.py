"""Files of orders in S3: each row once, each refusal told, and never a silent success."""

from __future__ import annotations

import gzip
import json
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.faults import faulty
from tools.local_aws.server import REGION
from tools.order_service.orders import TEA
from tools.paths import ROOT
from tools.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tools.order_service.service import Service

HEAD = "reference,customer,currency,sku,quantity,unit_price"
MEGABYTE = 1_000_000


pytestmark = pytest.mark.usefixtures("unheard")


@pytest.fixture(scope="module")
def unheard(service: Service) -> Iterator[None]:
    """Let the events of orders be heard by nobody: thousands would be fulfilled for minutes."""
    client = service.server.client("lambda")
    name = service.outputs["functions"]["order_publisher"]
    (mapping,) = client.list_event_source_mappings(FunctionName=f"{name}:live")[
        "EventSourceMappings"
    ]
    none = {"Filters": [{"Pattern": json.dumps({"eventName": ["NONE"]})}]}
    client.update_event_source_mapping(UUID=mapping["UUID"], FilterCriteria=none)
    yield
    # What the stream has until then is passed over.
    time.sleep(1)
    client.update_event_source_mapping(
        UUID=mapping["UUID"], FilterCriteria=mapping["FilterCriteria"]
    )


@pytest.fixture
def mark() -> str:
    """What the references of one test begin with."""
    return f"u{secrets.token_hex(4)}"


def row(reference: str, sku: str = TEA, quantity: object = 1, price: object = 650) -> str:
    """Return a row; it is one of an order that Ada pays in euros."""
    return f"{reference},ada@example.com,EUR,{sku},{quantity},{price}"


def file_of(rows: Sequence[str]) -> bytes:
    """Return a file of these rows under the right first line."""
    return "\n".join([HEAD, *rows, ""]).encode()


def orders_of(mark: str, count: int) -> bytes:
    """Return a file of so many orders."""
    return file_of([row(f"{mark}-{n}") for n in range(count)])


def summary(service: Service, key: str, content: bytes) -> dict[str, Any]:
    """Drop a file; return the end of the report on it."""
    found: dict[str, Any] = service.report(key, service.upload(key, content))[-1]["summary"]
    return found


def event_of(service: Service, key: str, version: str, content: bytes) -> dict[str, Any]:
    """Return the event that S3 sends of an upload, made of a recorded one."""
    from hashlib import md5  # noqa: PLC0415  as S3's entity tags are made
    from urllib.parse import quote_plus  # noqa: PLC0415

    event: dict[str, Any] = json.loads((ROOT / "tests/unit/events/s3_put.json").read_text())
    (record,) = event["Records"]
    record["awsRegion"] = REGION
    record["s3"]["bucket"]["name"] = service.outputs["buckets"]["uploads"]
    record["s3"]["object"] |= {
        "key": quote_plus(f"incoming/{key}", safe="/"),
        "eTag": md5(content, usedforsecurity=False).hexdigest(),
        "size": len(content),
        "versionId": version,
    }
    return event


# --- names ----------------------------------------------------------------------------------------

NAMES = {
    "spaces": "two  spaces and one.csv",
    "plus": "a+b ++.csv",
    "percent": "100% %2B %20 %zz.csv",
    "unicode": "März/注文 🫖 e\u0301.csv",
    "reserved": "a&b=c;d:e,f@g?h#i$j.csv",
    "quotes": 'it\'s "quoted" (1) [2] {3}.csv',
    "dots": ".hidden/..csv",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_file_is_imported_whatever_its_name(service: Service, mark: str, name: str) -> None:
    key = f"{mark}/{name}"
    told = summary(service, key, orders_of(mark, 2))
    assert (told["key"], told["status"], told["orders"]) == (f"incoming/{key}", "imported", 2)
    assert service.count_of("orders", f"{mark}-") == 2


# --- rows -----------------------------------------------------------------------------------------

BAD_ROWS = {
    "quantity of none": ("B,ada@example.com,EUR,TEA,0,1", {"quantity"}),
    "quantity that is no number": ("B,ada@example.com,EUR,TEA,two,1", {"quantity"}),
    "price in euros": ("B,ada@example.com,EUR,TEA,1,6.50", {"unit_price"}),
    "price below zero": ("B,ada@example.com,EUR,TEA,1,-1", {"unit_price"}),
    "no currency": ("B,ada@example.com,euro,TEA,1,1", {"currency"}),
    "no customer": ("B,,EUR,TEA,1,1", {"customer"}),
    "no reference": (",ada@example.com,EUR,TEA,1,1", {"reference"}),
    "no article": ("B,ada@example.com,EUR,T E A,1,1", {"sku"}),
    "too few fields": ("B,ada@example.com,EUR,TEA,1", {""}),
    "too many fields": ("B,ada@example.com,EUR,TEA,1,1,1", {""}),
    "all of it": ("B,,e,?,0,x", {"customer", "currency", "sku", "quantity", "unit_price"}),
    "a stray quote": ('B,"ada@example.com,EUR,TEA,1,1', {""}),
}


def test_each_bad_row_is_told_with_its_line_and_reason_and_the_others_are_imported(
    service: Service, mark: str
) -> None:
    rows = []
    for n, (bad, _) in enumerate(BAD_ROWS.values()):
        rows += [row(f"{mark}-{n}"), bad]
    key = f"{mark}.csv"
    *refused, last = service.report(key, service.upload(key, file_of(rows)))
    assert last["summary"]["orders"] == len(BAD_ROWS)
    assert last["summary"]["refused"] == len(BAD_ROWS)
    # The first line names the columns; then good and bad ones take turns.
    assert [each["line"] for each in refused] == [3 + 2 * n for n in range(len(BAD_ROWS))]
    found = [{problem["column"] for problem in each["problems"]} for each in refused]
    assert found == [columns for _, columns in BAD_ROWS.values()]
    assert all(problem["detail"] for each in refused for problem in each["problems"])
    assert service.count_of("orders", f"{mark}-") == len(BAD_ROWS)


def test_a_row_that_is_not_utf_8_is_told_and_leaves_the_others_alone(
    service: Service, mark: str
) -> None:
    latin = "B,m\xe4rz@example.com,EUR,TEA,1,1".encode("latin-1")
    lines = [HEAD.encode(), row(f"{mark}-1").encode(), latin, row(f"{mark}-2").encode()]
    key = f"{mark}.csv"
    *refused, last = service.report(key, service.upload(key, b"\r\n".join(lines)))
    assert [(each["line"], each["problems"][0]["column"]) for each in refused] == [(3, "customer")]
    assert last["summary"]["orders"] == 2


NO_FILES = {
    "empty": (b"", "The file is empty"),
    "only the first line": (HEAD.encode() + b"\n", "There is no row after the first line"),
    "another first line": (b"sku,amount\nTEA,1\n", "must name the columns"),
    "no first line": (row("B").encode(), "must name the columns"),
    "semicolons": (HEAD.replace(",", ";").encode() + b"\nB;a;EUR;TEA;1;1\n", "must name"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(64), "no text in UTF-8"),
    "compressed": (gzip.compress(orders_of("B", 3), mtime=0), "no text in UTF-8"),
    "UTF-16": (orders_of("B", 3).decode().encode("utf-16"), "no text in UTF-8"),
    "JSON": (b'{"orders": []}\n{"orders": []}', "must name the columns"),
}


@pytest.mark.parametrize(("content", "reason"), NO_FILES.values(), ids=NO_FILES)
def test_a_file_of_another_kind_is_rejected_as_a_whole_and_says_why(
    service: Service, mark: str, content: bytes, reason: str
) -> None:
    told = summary(service, f"{mark}.csv", content)
    assert (told["status"], told["orders"], told["refused"]) == ("rejected", 0, 0)
    assert reason in told["reason"]


# --- once -----------------------------------------------------------------------------------------


def test_the_same_event_again_changes_nothing(service: Service, mark: str) -> None:
    key, content = f"{mark}.csv", orders_of(mark, 5)
    version = service.upload(key, content)
    first = service.report(key, version)
    event = event_of(service, key, version, content)
    for _ in range(3):
        (told,) = service.invoke("order_import", event)
        assert told == first[-1]["summary"]
        assert service.report(key, version) == first
    assert service.count_of("orders", f"{mark}-") == 5


def test_the_same_event_many_times_at_once_makes_each_order_once(
    service: Service, mark: str
) -> None:
    key, content = f"{mark}.csv", orders_of(mark, 250)
    version = service.upload(key, content)
    event = event_of(service, key, version, content)
    service.client("lambda")
    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(lambda _: service.invoke("order_import", event)[0], range(6)))
    assert {(each["status"], each["orders"], each["refused"]) for each in told} == {
        ("imported", 250, 0)
    }
    assert service.count_of("orders", f"{mark}-") == 250


def test_the_same_content_under_the_same_name_is_the_same_orders(
    service: Service, mark: str
) -> None:
    for _ in range(2):
        assert summary(service, f"{mark}.csv", orders_of(mark, 3))["orders"] == 3
    assert service.count_of("orders", f"{mark}-") == 3


def test_the_same_content_under_another_name_is_other_orders(service: Service, mark: str) -> None:
    for n in range(2):
        assert summary(service, f"{mark}-{n}.csv", orders_of(mark, 3))["orders"] == 3
    assert service.count_of("orders", f"{mark}-") == 6


def test_a_file_that_is_gone_before_it_is_read_is_told_of(service: Service, mark: str) -> None:
    key, content = f"{mark}.csv", orders_of(mark, 3)
    version = service.upload(key, content)
    service.report(key, version)
    service.server.client("s3").delete_object(
        Bucket=service.outputs["buckets"]["uploads"], Key=f"incoming/{key}", VersionId=version
    )
    (told,) = service.invoke("order_import", event_of(service, key, version, content))
    assert told["status"] == "rejected"
    assert "deleted" in told["reason"]


# --- what starts an import, and what does not -----------------------------------------------------


def test_neither_a_report_nor_a_file_under_another_prefix_starts_an_import(
    service: Service, mark: str
) -> None:
    s3, bucket = service.server.client("s3"), service.outputs["buckets"]["uploads"]
    before = service.invocations("order_import")
    for key in (f"elsewhere/{mark}.csv", f"{mark}.csv", f"reports/{mark}.csv"):
        s3.put_object(Bucket=bucket, Key=key, Body=orders_of(f"{mark}-never", 1))
    # Two more, one after the other: what their reports or those files had started would be seen.
    for n in range(2):
        assert summary(service, f"{mark}-{n}.csv", orders_of(f"{mark}-{n}", 1))["orders"] == 1
    # A report is there before the log of who wrote it.
    until("two imports", lambda: service.invocations("order_import") >= before + 2)
    assert service.invocations("order_import") == before + 2
    assert service.count_of("orders", f"{mark}-never") == 0


def without(event: dict[str, Any], *way: str | int) -> dict[str, Any]:
    """Return an event of S3 without one of its parts."""
    *first, last = way
    part: Any = event
    for name in first:
        part = part[name]
    del part[last]
    return event


OBJECT = ("Records", 0, "s3", "object")
MALFORMED: dict[str, Any] = {
    "null": lambda _: None,
    "a text": lambda _: "hello",
    "a list": lambda event: event["Records"],
    "nothing": lambda _: {},
    "no records": lambda _: {"Records": []},
    "records of nothing": lambda _: {"Records": [{}]},
    "without a key": lambda event: without(event, *OBJECT, "key"),
    "without an entity tag": lambda event: without(event, *OBJECT, "eTag"),
    "without a bucket": lambda event: without(event, "Records", 0, "s3", "bucket", "name"),
    "an upload and something else": lambda event: {"Records": [*event["Records"], {}]},
    "of a queue": lambda _: {"Records": [{"eventSource": "aws:sqs", "body": "{}"}]},
    "a deletion": lambda event: {
        "Records": [event["Records"][0] | {"eventName": "ObjectRemoved:Delete"}]
    },
}


@pytest.mark.parametrize("make", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_event_of_an_upload_raises(service: Service, mark: str, make: Any) -> None:  # noqa: ANN401
    key = f"{mark}.csv"
    event = event_of(service, key, "1", orders_of(mark, 1))
    with pytest.raises(RuntimeError, match="NotAnUploadError"):
        service.invoke("order_import", make(event))


def test_an_event_of_a_report_raises(service: Service, mark: str) -> None:
    event = event_of(service, f"{mark}.csv", "1", b"")
    event["Records"][0]["s3"]["object"]["key"] = f"reports/incoming/{mark}.csv"
    with pytest.raises(RuntimeError, match="LoopError"):
        service.invoke("order_import", event)


def test_the_event_by_which_s3_tries_a_notification_out_is_fine(service: Service) -> None:
    event = json.loads((ROOT / "tests/unit/events/s3_test.json").read_text())
    assert service.invoke("order_import", event) == []


# --- trouble and size -----------------------------------------------------------------------------


def test_an_import_that_is_killed_in_the_middle_goes_on_without_doubling(
    service: Service, mark: str, tmp_path: Path
) -> None:
    key, content = f"{mark}.csv", orders_of(mark, 450)
    with faulty(
        service, "order_import", "killed",
        operation="TransactWriteItems", after_calls=2, deaths=2, folder=str(tmp_path),
    ):  # fmt: skip
        version = service.upload(key, content)
        until("the first death, by the event of S3", lambda: list(tmp_path.iterdir()))
        event = event_of(service, key, version, content)
        with pytest.raises(RuntimeError, match="order_import"):
            service.invoke("order_import", event)
        (told,) = service.invoke("order_import", event)
    assert (told["status"], told["orders"]) == ("imported", 450)
    assert len(list(tmp_path.iterdir())) == 2
    assert service.count_of("orders", f"{mark}-") == 450


def remove(service: Service, mark: str) -> None:
    """Take the orders of a test out of the table."""
    dynamodb, table = service.server.client("dynamodb"), service.outputs["tables"]["orders"]
    pages = dynamodb.get_paginator("scan").paginate(
        TableName=table,
        FilterExpression="begins_with(#reference, :mark)",
        ExpressionAttributeNames={"#reference": "reference"},
        ExpressionAttributeValues={":mark": {"S": f"{mark}-"}},
        ProjectionExpression="id",
    )
    ids = [item["id"] for page in pages for item in page["Items"]]
    for first in range(0, len(ids), 25):
        gone = [{"DeleteRequest": {"Key": {"id": key}}} for key in ids[first : first + 25]]
        dynamodb.batch_write_item(RequestItems={table: gone})


def test_a_file_of_thousands_of_orders(service: Service, mark: str) -> None:
    count = 3000
    began = time.perf_counter()
    told = summary(service, f"{mark}.csv", orders_of(mark, count))
    took = time.perf_counter() - began
    assert (told["status"], told["orders"]) == ("imported", count)
    assert service.count_of("orders", f"{mark}-") == count
    remove(service, mark)
    print(f"{count} orders in {took:.1f} s: {count / took:.0f} orders/s on the local AWS")


def test_a_file_of_10_mb_and_a_report_in_several_parts(service: Service, mark: str) -> None:
    # Most rows are refused, each with its line in the report: the orders are measured above.
    bad = f"{'B' * 64},{'c' * 200}@example.com,EUR,{'S' * 64},0,650"
    count = 10 * MEGABYTE // (len(bad) + 1)
    rows = [row(f"{mark}-{n}") if n % 500 == 0 else bad for n in range(count)]
    good = len(range(0, count, 500))
    content = file_of(rows)
    assert len(content) > 9.9 * MEGABYTE
    began = time.perf_counter()
    key = f"{mark}.csv"
    *refused, last = service.report(key, service.upload(key, content))
    took = time.perf_counter() - began
    assert (last["summary"]["status"], last["summary"]["orders"]) == ("imported", good)
    assert len(refused) == last["summary"]["refused"] == count - good
    assert service.count_of("orders", f"{mark}-") == good
    print(f"10 MB, {count} rows in {took:.1f} s: {count / took:.0f} rows/s on the local AWS")
