"""The order API on a table of its own, as `modules/order_service` makes it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3
import pytest
from moto import mock_aws

from tests.unit.http_events import url_event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from types import ModuleType

    from types_boto3_dynamodb.client import DynamoDBClient

    from tests.unit.functions.conftest import Context, Load

TABLE = "test-orders"
RECORDS, UPLOADS = "test-records", "test-uploads"
ORDER: dict[str, Any] = {
    "customer": "ada@example.com",
    "currency": "EUR",
    "lines": [
        {"sku": "A1", "quantity": 2, "unit_price": 995},
        {"sku": "B2", "quantity": 1, "unit_price": 10},
    ],
}


def create_table(dynamodb: DynamoDBClient) -> None:
    dynamodb.create_table(
        TableName=TABLE,
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
        BillingMode="PAY_PER_REQUEST",
    )


class Reply(NamedTuple):
    """What a client of the API gets."""

    status: int
    headers: dict[str, str]
    body: Any


class Api:
    """The order API as its clients see it, and the table behind it."""

    def __init__(self, app: ModuleType, context: Context, dynamodb: DynamoDBClient) -> None:
        self.app = app
        self.context = context
        self.dynamodb = dynamodb

    def call(self, method: str, path: str, **rest: Any) -> Reply:  # noqa: ANN401  of url_event
        """Send a request, see `url_event`."""
        answer = self.app.handler(url_event(method, path, **rest), self.context)
        body = json.loads(answer["body"]) if answer["body"] else None
        return Reply(answer["statusCode"], answer["headers"], body)

    def place(self, key: str | None = None, order: object = ORDER, **rest: Any) -> Reply:  # noqa: ANN401
        """Place an order, with an Idempotency-Key when there is one."""
        headers = {} if key is None else {"idempotency-key": key}
        return self.call("POST", "/orders", body=order, headers=headers, **rest)

    def placed(self) -> str:
        """Place an order; return its id."""
        return str(self.place().body["id"])

    def become(self, order_id: str, status: str) -> None:
        """Give an order another status, as something else than this API does."""
        self.dynamodb.update_item(
            TableName=TABLE,
            Key={"id": {"S": order_id}},
            UpdateExpression="SET #status = :status ADD #version :one",
            ExpressionAttributeNames={"#status": "status", "#version": "version"},
            ExpressionAttributeValues={":status": {"S": status}, ":one": {"N": "1"}},
        )

    def just_before(
        self, operation: str, act: Callable[[], object]
    ) -> AbstractContextManager[None]:
        """Act once between the API's decision to call DynamoDB and the call."""
        return self._interrupted(f"before-call.dynamodb.{operation}", act)

    def just_after(self, operation: str, act: Callable[[], object]) -> AbstractContextManager[None]:
        """Act once after a call of the API to DynamoDB."""
        return self._interrupted(f"after-call.dynamodb.{operation}", act)

    @contextmanager
    def _interrupted(self, event: str, act: Callable[[], object]) -> Iterator[None]:
        events = self.app.order_table._client.meta.events

        def interrupt(**_: object) -> None:
            events.unregister(event, interrupt)
            act()

        events.register(event, interrupt)
        yield

    def ids(self) -> set[str]:
        """Return the ids of all orders that are kept."""
        return {item["id"]["S"] for item in self.dynamodb.scan(TableName=TABLE)["Items"]}

    def clear(self) -> None:
        """Remove all orders."""
        self.dynamodb.delete_table(TableName=TABLE)
        create_table(self.dynamodb)


@pytest.fixture
def api(load: Load, context: Context) -> Iterator[Api]:
    """Return the order API, without orders."""
    with mock_aws():
        app = load("orders_api", RECORDS_BUCKET=RECORDS, TABLE_NAME=TABLE, UPLOADS_BUCKET=UPLOADS)
        dynamodb = boto3.client("dynamodb")
        create_table(dynamodb)
        yield Api(app, context, dynamodb)
