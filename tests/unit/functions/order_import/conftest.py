"""The order import on a bucket and a table of its own, called as S3 calls it."""

from __future__ import annotations

import copy
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

import boto3
import pytest
from moto import mock_aws

from tools.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from types import ModuleType

    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_s3.client import S3Client

    from tests.unit.functions.conftest import Context, Load

    Event = dict[str, Any]

BUCKET = "test-uploads"
TABLE = "test-orders"
KEY = "orders/2026-11-25.csv"
HEADER = "reference,customer,currency,sku,quantity,unit_price\n"
PUT_EVENT: dict[str, Any] = json.loads((ROOT / "tests/unit/events/s3_put.json").read_text())


def row(number: int, **fields: object) -> str:
    """Return a right row of a file, but for `fields`."""
    values = {
        "reference": f"R-{number}",
        "customer": "ada@example.com",
        "currency": "EUR",
        "sku": "A1",
        "quantity": 2,
        "unit_price": 995,
    }
    return ",".join(str(value) for value in (values | fields).values()) + "\n"


class Import:
    """The function, its bucket and its table."""

    def __init__(self, app: ModuleType, context: Context) -> None:
        self.app = app
        self.context = context
        self.s3: S3Client = boto3.client("s3")
        self.dynamodb: DynamoDBClient = boto3.client("dynamodb")
        self.s3.create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        self.dynamodb.create_table(
            TableName=TABLE,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )

    def client(self, service: str) -> Any:  # noqa: ANN401  of either service
        """Return the function's own client."""
        adapter = {"dynamodb": self.app.order_table.add, "s3": self.app.open_object}[service]
        return adapter.__globals__["_client"]

    def keep_versions(self) -> None:
        """Let the bucket keep versions, as the module's does."""
        self.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})

    def drop(self, content: str | bytes, key: str = KEY) -> Event:
        """Put a file into the bucket; return the event that S3 sends of it."""
        body = content.encode() if isinstance(content, str) else content
        done = self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        event = copy.deepcopy(PUT_EVENT)
        event["Records"][0]["s3"]["object"] |= {
            "key": quote_plus(key, safe="/"),
            "size": len(body),
            "eTag": done["ETag"].strip('"'),
        }
        event["Records"][0]["s3"]["object"].pop("versionId")
        if "VersionId" in done:
            event["Records"][0]["s3"]["object"]["versionId"] = done["VersionId"]
        return event

    def handle(self, event: Any) -> list[dict[str, Any]]:  # noqa: ANN401  any JSON
        """Call the function as Lambda does; return what it returns."""
        answer = self.app.handler(event, self.context)
        json.dumps(answer)
        return list(answer)

    def import_(self, content: str | bytes, key: str = KEY) -> dict[str, Any]:
        """Drop a file, call the function, and return the summary at the end of its report."""
        self.handle(self.drop(content, key))
        return self.summary(key)

    def report(self, key: str = KEY) -> list[dict[str, Any]]:
        """Return the lines of the report on a file."""
        found = self.s3.get_object(Bucket=BUCKET, Key=f"reports/{key}.report.jsonl")
        return [json.loads(line) for line in found["Body"].read().splitlines()]

    def summary(self, key: str = KEY) -> dict[str, Any]:
        """Return the summary of the report on a file."""
        return dict(self.report(key)[-1]["summary"])

    def reports(self) -> list[str]:
        """Return the keys of all reports."""
        found = self.s3.list_objects_v2(Bucket=BUCKET, Prefix="reports/")
        return [each["Key"] for each in found.get("Contents", [])]

    def orders(self) -> dict[str, dict[str, Any]]:
        """Return what is kept, by reference."""
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=TABLE)
        return {str(item["reference"]["S"]): item for page in pages for item in page["Items"]}

    def clear(self) -> None:
        """Remove all reports."""
        for key in self.reports():
            self.s3.delete_object(Bucket=BUCKET, Key=key)

    def just_before(
        self, event: str, act: Callable[[], object], *, every_time: bool = False
    ) -> AbstractContextManager[None]:
        """Act between the function's decision to call AWS and the call, once or every time.

        ``event`` is a service and an operation, as ``dynamodb.TransactWriteItems``.
        """
        return self._interrupted(f"before-call.{event}", act, every_time)

    def just_after(self, event: str, act: Callable[[], object]) -> AbstractContextManager[None]:
        """Act once after a call of the function to AWS."""
        return self._interrupted(f"after-call.{event}", act, every_time=False)

    @contextmanager
    def _interrupted(
        self, event: str, act: Callable[[], object], every_time: bool
    ) -> Iterator[None]:
        dynamodb = ".dynamodb." in event
        client = (
            self.app.order_table._client
            if dynamodb
            else self.app.open_object.__globals__["_client"]
        )

        def interrupt(**_: object) -> None:
            if not every_time:
                client.meta.events.unregister(event, interrupt)
            act()

        client.meta.events.register(event, interrupt)
        yield
        client.meta.events.unregister(event, interrupt)


@pytest.fixture
def imports(load: Load, context: Context) -> Iterator[Import]:
    """Return the function, with an empty bucket and an empty table."""
    with mock_aws():
        app = load("order_import", TABLE_NAME=TABLE, REPORT_PREFIX="reports/")
        # In place of 100, which take moto a second.
        app.order_table.MAX_MANY = 5
        context.remaining_milliseconds = 300_000
        yield Import(app, context)
