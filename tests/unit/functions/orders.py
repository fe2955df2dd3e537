"""Tables in moto, and orders in them, for the functions that fulfil orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from types_boto3_dynamodb.service_resource import Table

AT = "2026-03-01T10:00:00.000000Z"
ORDER_ID = "mfzwizlnmvzxgylhmvzxgylhmu"


def table(name: str) -> Table:
    """Make a table with the key ``id``; return it."""
    dynamodb = boto3.resource("dynamodb")
    made = dynamodb.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    made.wait_until_exists()
    return made


def order(
    pieces: Sequence[tuple[str, int]] = (("tea", 2), ("cup", 1)),
    *,
    order_id: str = ORDER_ID,
    unit_price: int = 250,
    **changes: object,
) -> dict[str, Any]:
    """Return an order as the workflow hands it on."""
    lines = [{"sku": s, "quantity": n, "unit_price": unit_price} for s, n in pieces]
    made = {
        "id": order_id,
        "customer": "ada@example.com",
        "currency": "EUR",
        "lines": lines,
        "total": sum(n * unit_price for _, n in pieces),
        "status": "fulfilling",
        "version": 2,
        "created_at": AT,
        "updated_at": AT,
    }
    return made | changes


def item(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return an order as the orders table has it."""
    return {**kept, "created_key": f"{kept['created_at']}#{kept['id']}"}
