"""What the tests of the two jobs share: a table, a bucket, orders in them, and sudden ends."""

from __future__ import annotations

import gzip
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest import mock

import boto3
from botocore.client import BaseClient
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE, BUCKET = "orders", "orders-data"
ENVIRONMENT = {
    "ARCHIVE_AFTER_DAYS": "90",
    "BUCKET_NAME": BUCKET,
    "TABLE_NAME": TABLE,
    "TIME_ZONE": "Europe/Berlin",
}


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=3,
)
_moments = st.datetimes().map(lambda moment: moment.isoformat() + "Z") | _values
_days = st.dates().map(lambda day: day.isoformat()) | _values
events = (
    _values
    | st.fixed_dictionaries({"scheduled_at": _moments})
    | st.fixed_dictionaries({"day": _days})
    | st.fixed_dictionaries({"from": _days, "to": _days})
    | st.dictionaries(st.sampled_from(["scheduled_at", "day", "from", "to", "time"]), _days)
)
"""Events of which some are a job's own, and most are none."""


class Killed(BaseException):
    """The function's end at some point, which nothing in it can catch."""


class World:
    """A table and a bucket on a mocked AWS."""

    def __init__(self) -> None:
        self.dynamodb = boto3.client("dynamodb")
        self.s3 = boto3.client("s3")
        self._count = 0
        self.dynamodb.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"}
                for name in ("id", "status", "created_key")
            ],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by_status",
                    "KeySchema": [
                        {"AttributeName": "status", "KeyType": "HASH"},
                        {"AttributeName": "created_key", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        )
        self.s3.create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )

    def order(
        self, created_at: str, status: str = "fulfilled", *, total: int = 250, currency: str = "EUR"
    ) -> str:
        """Put an order into the table; return its id."""
        self._count += 1
        order_id = f"{self._count:a>26}".replace("0", "a").replace("1", "b").replace("8", "c")
        order_id = order_id.replace("9", "d")
        self.dynamodb.put_item(
            TableName=TABLE,
            Item={
                "id": {"S": order_id},
                "customer": {"S": "ada@example.com"},
                "currency": {"S": currency},
                "lines": {
                    "L": [
                        {
                            "M": {
                                "sku": {"S": "tea"},
                                "quantity": {"N": "1"},
                                "unit_price": {"N": str(total)},
                            }
                        }
                    ]
                },
                "total": {"N": str(total)},
                "status": {"S": status},
                "version": {"N": "3"},
                "created_at": {"S": created_at},
                "updated_at": {"S": created_at},
                "created_key": {"S": f"{created_at}#{order_id}"},
                "request_hash": {"S": "0"},
            },
        )
        return order_id

    def change(self, order_id: str) -> None:
        """Let an order have one version more."""
        self.dynamodb.update_item(
            TableName=TABLE,
            Key={"id": {"S": order_id}},
            UpdateExpression="ADD #version :one",
            ExpressionAttributeNames={"#version": "version"},
            ExpressionAttributeValues={":one": {"N": "1"}},
        )

    def in_table(self) -> set[str]:
        """Return the ids of the orders in the table."""
        return {item["id"]["S"] for item in self.dynamodb.scan(TableName=TABLE)["Items"]}

    def names(self) -> list[str]:
        """Return the keys of all objects."""
        answer = self.s3.list_objects_v2(Bucket=BUCKET)
        return [entry["Key"] for entry in answer.get("Contents", [])]

    def read(self, key: str) -> bytes:
        """Return an object's content."""
        return self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()

    def put(self, key: str, body: bytes) -> None:
        """Write an object."""
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)

    def json(self, key: str) -> Any:  # noqa: ANN401  any JSON
        """Return what an object of JSON says."""
        return json.loads(self.read(key))

    def archived(self) -> list[str]:
        """Return the ids in all objects of the archive, as often as they stand there."""
        return [
            json.loads(line)["id"]
            for key in self.names()
            if key.startswith("archive/")
            for line in gzip.decompress(self.read(key)).splitlines()
        ]


@contextmanager
def killed_at(request: int, *, after: bool) -> Iterator[list[str]]:
    """End the function at its n-th request to AWS, before or after AWS has done it.

    Yields the names of the operations that it came to.
    """
    done: list[str] = []
    call = BaseClient._make_api_call  # type: ignore[attr-defined]  # what all operations go through

    def counted(self: BaseClient, name: str, parameters: object) -> object:
        done.append(name)
        if len(done) == request and not after:
            raise Killed
        try:
            return call(self, name, parameters)
        finally:
            if len(done) == request:
                raise Killed

    with mock.patch.object(BaseClient, "_make_api_call", counted):
        yield done
