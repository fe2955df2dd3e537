"""The order service's API on Powertools' resolver and Logger, with its validation by pydantic.

Where ours calls DynamoDB, it calls `place_order` and `read_order`, as the benchmark of ours does.
"""

from __future__ import annotations

import os
from base64 import b32encode
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver, Response
from models import NewOrder, Order

logger = Logger(service="orders")
client = boto3.client("dynamodb")
table = os.environ["TABLE_NAME"]
bare = LambdaFunctionUrlResolver()
validating = LambdaFunctionUrlResolver(enable_validation=True)


def place_order(order: Any) -> None:  # noqa: ANN401
    """Keep an order."""
    client.put_item(TableName=table, Item={"id": {"S": order["id"]}})


def read_order(order_id: str) -> Any:  # noqa: ANN401
    """Return an order."""
    return client.get_item(TableName=table, Key={"id": {"S": order_id}})["Item"]


def _id(caller: str, key: str) -> str:
    digest = sha256(f"{caller}\0{key}".encode()).digest()[:16]
    return b32encode(digest).decode().rstrip("=").lower()


def _placed(new: dict[str, Any], app: Any) -> dict[str, Any]:  # noqa: ANN401
    event = app.current_event
    caller = event.request_context.authorizer.iam.user_id or ""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    order = {
        "id": _id(caller, event.headers["idempotency-key"]),
        **new,
        "total": sum(line["quantity"] * line["unit_price"] for line in new["lines"]),
        "status": "placed",
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }
    place_order(order)
    return order


@bare.post("/orders")
def place_bare() -> tuple[dict[str, Any], int]:
    """Keep a new order, whatever is in it."""
    return _placed(bare.current_event.json_body, bare), 201


@bare.get("/orders/<order_id>")
def read_bare(order_id: str) -> Any:  # noqa: ANN401
    """Give one order."""
    return read_order(order_id)


@validating.post("/orders")
def place_validated(new: NewOrder) -> Response[Order]:
    """Keep a new order."""
    order = Order.model_validate(_placed(new.model_dump(), validating))
    return Response(status_code=201, content_type="application/json", body=order)


@validating.get("/orders/<order_id>")
def read_validated(order_id: str) -> Order:
    """Give one order."""
    return Order.model_validate(read_order(order_id))


def _others() -> dict[str, str]:
    return {}


for app in (bare, validating):
    # The other routes of ours: a resolver looks through them.
    app.get("/dashboard")(_others)
    app.get("/orders")(_others)
    app.post("/orders/<order_id>/approval")(lambda order_id: {"id": order_id})
    app.post("/orders/<order_id>/cancel")(lambda order_id: {"id": order_id})
    app.post("/uploads")(_others)
    app.get("/uploads/<upload_id>")(lambda upload_id: {"id": upload_id})


def handler_bare(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401
    """Answer without validation, with a log line."""
    answer: dict[str, Any] = bare.resolve(event, context)
    logger.info("request", extra={"status": answer["statusCode"], "path": event["rawPath"]})
    return answer


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401
    """Answer with validation, with a log line."""
    answer: dict[str, Any] = validating.resolve(event, context)
    logger.info("request", extra={"status": answer["statusCode"], "path": event["rawPath"]})
    return answer
