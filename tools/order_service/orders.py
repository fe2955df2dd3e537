"""Orders to place."""

from __future__ import annotations

from typing import Any

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
