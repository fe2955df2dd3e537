"""Orders whose events are watched: many at once, and what customers have heard of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tools.order_service.orders import item_of
from tools.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tools.order_service.service import Service


def some_orders(count: int, mark: str, status: str = "cancelled") -> list[dict[str, Any]]:
    """Return items of orders that customers hear of once; cancelled ones start no fulfilment."""
    now = datetime.now(UTC)
    return [item_of(f"{mark}-{n:05}", status, now) for n in range(count)]


def keep(service: Service, items: list[dict[str, Any]]) -> None:
    """Put orders into the table, 25 at once."""
    dynamodb, table = service.server.client("dynamodb"), service.outputs["tables"]["orders"]
    for first in range(0, len(items), 25):
        left = [{"PutRequest": {"Item": item}} for item in items[first : first + 25]]
        while left:
            answer = dynamodb.batch_write_item(RequestItems={table: left})
            left = answer.get("UnprocessedItems", {}).get(table, [])


def notified(service: Service, mark: str) -> list[str]:
    """Return the order ids of all notifications of a run."""
    pages = (
        service.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=service.outputs["tables"]["notifications"],
            FilterExpression="begins_with(id, :mark)",
            ExpressionAttributeValues={":mark": {"S": f"{mark}-"}},
            ProjectionExpression="order_id",
        )
    )
    return [item["order_id"]["S"] for page in pages for item in page["Items"]]


def all_notified(service: Service, items: Iterable[dict[str, Any]], mark: str) -> None:
    """Wait until each order has its notification, and see that there is none besides."""
    wanted = {item["id"]["S"] for item in items}
    until("all notifications", lambda: wanted <= set(notified(service, mark)), seconds=90)
    found = notified(service, mark)
    assert sorted(found) == sorted(wanted)
