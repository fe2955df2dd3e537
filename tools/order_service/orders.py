"""Orders to place, and to put into the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

import order_item
from order import NewOrder, place
from timestamp import text_of

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

TEA, CUP = "TEA-EARL-GREY", "CUP-WHITE"
ORDER: dict[str, Any] = {
    "customer": "ada@example.com",
    "currency": "EUR",
    "lines": [
        {"sku": TEA, "quantity": 2, "unit_price": 650},
        {"sku": CUP, "quantity": 4, "unit_price": 1200},
    ],
}
ORDER_TOTAL = 2 * 650 + 4 * 1200
ORDER_PIECES = 6
DECLINED = ORDER | {"customer": "ada+declined@example.com"}
"""One whose payment is declined, as `functions/payments` has it."""


def large(threshold: int) -> dict[str, Any]:
    """Return an order of exactly `threshold` minor units."""
    return ORDER | {"lines": [{"sku": TEA, "quantity": 1, "unit_price": threshold}]}


def item_of(
    order_id: str, status: str, at: datetime.datetime, order: Mapping[str, Any] = ORDER
) -> dict[str, Any]:
    """Return an order as an item of the table that has come to `status` at that moment."""
    placed = place(msgspec.convert(order, NewOrder), order_id=order_id, at=text_of(at))
    return order_item.item_of(msgspec.structs.replace(placed, status=status))
