"""What the website asks for beside orders: uploads, reports on them, the dashboard."""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from tests.unit.functions.orders_api.conftest import RECORDS, UPLOADS
from tests.unit.http_events import url_event

if TYPE_CHECKING:
    from tests.unit.functions.orders_api.conftest import Api, Reply

CSV = "reference,customer,currency,sku,quantity,unit_price\nR-1,a@example.com,EUR,TEA,1,5\n"
BAD_ROW = {"line": 3, "reference": "R-2", "problems": [{"column": "sku", "detail": "x" * 9000}]}


@pytest.fixture(autouse=True)
def buckets(api: Api) -> None:  # noqa: ARG001  whose AWS it is
    s3 = boto3.client("s3")
    for name in (UPLOADS, RECORDS):
        s3.create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})


def drop(api: Api, body: str = CSV, *, query: str = "name=orders.csv", **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return api.call(
        "POST", "/uploads", query=query, body=body, headers={"content-type": "text/csv"} | named
    )


def put_report(upload_id: str, rows: int) -> None:
    summary = {"bucket": UPLOADS, "status": "imported", "orders": 1, "refused": rows}
    lines = [json.dumps(BAD_ROW)] * rows + [json.dumps({"summary": summary})]
    boto3.client("s3").put_object(
        Bucket=UPLOADS,
        Key=f"reports/incoming/web/{upload_id}.report.jsonl",
        Body="\n".join([*lines, ""]).encode(),
    )


class TestUpload:
    def test_a_file_is_kept_where_its_import_begins(self, api: Api) -> None:
        answer = drop(api)
        kept = boto3.client("s3").get_object(
            Bucket=UPLOADS, Key=answer.body["key"], VersionId=answer.body["version"]
        )
        assert (answer.status, kept["Body"].read().decode()) == (201, CSV)
        assert answer.body["key"] == f"incoming/web/{answer.body['id']}"
        assert answer.headers["location"] == f"/uploads/{answer.body['id']}"

    def test_each_file_has_a_place_of_its_own(self, api: Api) -> None:
        assert drop(api).body["key"] != drop(api).body["key"]

    def test_a_second_try_with_its_idempotency_key_has_the_same_place(self, api: Api) -> None:
        first, second = (drop(api, idempotency_key="one").body["key"] for _ in range(2))
        assert first == second

    @pytest.mark.parametrize(
        ("query", "name"),
        [
            ("name=orders.csv", "orders.csv"),
            ("name=..%2F..%2Fetc%2Fpasswd", "passwd"),
            ("name=C%3A%5Cfiles%5Cmy+orders.csv", "my-orders.csv"),
            ("name=%C3%A4%2500%0A.csv", "00-.csv"),
            ("name=.-.hidden", "hidden"),
            ("name=..", "orders.csv"),
            ("", "orders.csv"),
            (f"name={'a' * 200}.csv", f"{'a' * 76}.csv"),
        ],
    )
    def test_the_name_is_kept_as_far_as_it_is_safe(self, api: Api, query: str, name: str) -> None:
        upload_id = drop(api, query=query).body["id"]
        assert upload_id[26:] == f"-{name}"
        assert api.call("GET", f"/uploads/{upload_id}").status == 202

    def test_bytes_arrive_as_they_are(self, api: Api) -> None:
        event = url_event("POST", "/uploads", headers={"content-type": "application/octet-stream"})
        event |= {"body": b64encode(bytes(range(256))).decode(), "isBase64Encoded": True}
        key = json.loads(api.app.handler(event, api.context)["body"])["key"]
        body = boto3.client("s3").get_object(Bucket=UPLOADS, Key=key)["Body"].read()
        assert body == bytes(range(256))

    @pytest.mark.parametrize(("size", "status"), [(4_500_000, 201), (4_500_001, 413)])
    def test_the_largest_file_is_taken_and_no_larger_one(
        self, api: Api, size: int, status: int
    ) -> None:
        answer = drop(api, "a" * size)
        assert answer.status == status
        if status == 413:
            assert answer.body["detail"] == "The body has 4500001 bytes, and 4500000 is the most"

    def test_another_type_is_415(self, api: Api) -> None:
        answer = drop(api, content_type="application/json")
        told = "Send Content-Type: application/octet-stream or text/csv"
        assert (answer.status, answer.body["detail"]) == (415, told)

    def test_an_empty_file_is_400(self, api: Api) -> None:
        assert drop(api, "").status == 400


class TestReport:
    def test_there_is_none_at_first(self, api: Api) -> None:
        upload_id = drop(api).body["id"]
        answer = api.call("GET", f"/uploads/{upload_id}")
        assert (answer.status, answer.body) == (202, {"id": upload_id, "status": "pending"})
        assert answer.headers["retry-after"] == "1"

    def test_it_tells_what_was_refused_and_what_came_of_the_file(self, api: Api) -> None:
        upload_id = drop(api).body["id"]
        put_report(upload_id, 2)
        answer = api.call("GET", f"/uploads/{upload_id}")
        assert (answer.status, answer.body["refused"]) == (200, [BAD_ROW, BAD_ROW])
        assert answer.body["summary"]["orders"] == 1

    def test_no_more_rows_are_read_than_are_told(self, api: Api) -> None:
        upload_id = drop(api).body["id"]
        put_report(upload_id, 200)
        body = api.call("GET", f"/uploads/{upload_id}").body
        # Each has 9 KB, and 256 KB are read.
        assert (len(body["refused"]), body["summary"]["refused"]) == (28, 200)

    def test_the_report_on_a_file_with_a_longer_name_is_another(self, api: Api) -> None:
        upload_id = drop(api, query="name=a").body["id"]
        put_report(f"{upload_id}.csv", 1)
        assert api.call("GET", f"/uploads/{upload_id}").status == 202

    @pytest.mark.parametrize("upload_id", ["a.csv", "..%2F..%2Fdashboard.json", "A" * 26 + "-a"])
    def test_what_is_no_id_is_404(self, api: Api, upload_id: str) -> None:
        assert api.call("GET", f"/uploads/{upload_id}").status == 404


class TestDashboard:
    def test_it_has_no_day_before_the_first_night(self, api: Api) -> None:
        answer = api.call("GET", "/dashboard")
        assert (answer.status, answer.body) == (200, {"days": []})

    def test_it_is_what_the_night_has_left(self, api: Api) -> None:
        left: dict[str, Any] = {"days": [{"day": "2026-11-24", "placed": 3}]}
        boto3.client("s3").put_object(
            Bucket=RECORDS, Key="reports/dashboard.json", Body=json.dumps(left).encode()
        )
        assert api.call("GET", "/dashboard").body == left


def test_who_asks_for_orders_does_not_wait_for_the_client_of_s3(api: Api) -> None:
    api.placed()
    api.call("GET", "/orders")
    assert "website_objects" not in sys.modules
    api.call("GET", "/dashboard")
    assert "website_objects" in sys.modules
