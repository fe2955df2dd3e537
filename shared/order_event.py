"""What has happened to an order, told to whom it concerns. Pure: no AWS, no clock, no chance.

An order's version counts its changes, so id and version name an event: whoever gets it twice sees
that it is the same.
"""

from __future__ import annotations

from msgspec import Struct

from order import CANCELLED, FAILED, FULFILLED, PLACED, Order

ORDER_PLACED = f"order.{PLACED}"
ORDER_FULFILLED = f"order.{FULFILLED}"
ORDER_FAILED = f"order.{FAILED}"
ORDER_CANCELLED = f"order.{CANCELLED}"


class OrderEvent(Struct, frozen=True):
    """An order has got a status.

    Attributes
    ----------
    id
        The order's id and version: ``<id>.<version>``.
    type
        ``order.<status>``.
    occurred_at
        ISO 8601 in UTC with microseconds.
    order
        The order as it was then.
    """

    id: str
    type: str
    occurred_at: str
    order: Order


def event_of(order: Order) -> OrderEvent:
    """Return the event that `order` has got its status."""
    return OrderEvent(
        id=f"{order.id}.{order.version}",
        type=f"order.{order.status}",
        occurred_at=order.updated_at,
        order=order,
    )
