"""What a customer is told about an order. Pure: the same event always says the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from order_event import ORDER_CANCELLED, ORDER_FAILED, ORDER_FULFILLED, ORDER_PLACED

if TYPE_CHECKING:
    from order_event import OrderEvent

TEXTS = {
    ORDER_PLACED: "Thank you: we have your order %s of %s.",
    ORDER_FULFILLED: "Your order %s of %s is on its way.",
    ORDER_FAILED: "We are sorry: we cannot fulfil your order %s of %s. You pay nothing.",
    ORDER_CANCELLED: "Your order %s of %s is cancelled. You pay nothing.",
}
"""Type of the events that customers hear of -> the text, with places for id and total."""

# ISO 4217: how many digits the minor unit has, where it is not two.
_DIGITS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
    "RWF": 0, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
    "CLF": 4, "UYW": 4,
}  # fmt: skip


def text_of(event: OrderEvent) -> str:
    """Return what the customer is told.

    Raises
    ------
    KeyError
        Of events of this type customers hear nothing.
    """
    order = event.order
    return TEXTS[event.type] % (order.id, money(order.total, order.currency))


def money(amount: int, currency: str) -> str:
    """Return an amount in minor units as people write it: ``12.50 EUR``."""
    digits = _DIGITS.get(currency, 2)
    if not digits:
        return f"{amount} {currency}"
    text = str(amount).zfill(digits + 1)
    return f"{text[:-digits]}.{text[-digits:]} {currency}"
