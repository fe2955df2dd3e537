"""Orders to place, and to put into the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    moment = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    lines = [
        {"M": {name: {"S" if name == "sku" else "N": str(value)} for name, value in line.items()}}
        for line in order["lines"]
    ]
    total = sum(line["quantity"] * line["unit_price"] for line in order["lines"])
    return {
        "id": {"S": order_id},
        "customer": {"S": order["customer"]},
        "currency": {"S": order["currency"]},
        "lines": {"L": lines},
        "total": {"N": str(total)},
        "status": {"S": status},
        "version": {"N": "1"},
        "created_at": {"S": moment},
        "updated_at": {"S": moment},
        "created_key": {"S": f"{moment}#{order_id}"},
    }
