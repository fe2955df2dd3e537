"""Orders as DynamoDB items, as its API and its streams have them. Pure: no AWS."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from order import Order, OrderLine

V = TypeVar("V")


class _Text(Struct, gc=False):
    S: str


class _Number(Struct, gc=False):
    N: int


class _Map(Struct, Generic[V], gc=False):
    M: V


class _List(Struct, Generic[V], gc=False):
    L: list[V]


class _LineItem(Struct, gc=False):
    sku: _Text
    quantity: _Number
    unit_price: _Number


class _OrderItem(Struct, gc=False):
    id: _Text
    customer: _Text
    currency: _Text
    lines: _List[_Map[_LineItem]]
    total: _Number
    status: _Text
    version: _Number
    created_at: _Text
    updated_at: _Text


def item_of(order: Order) -> dict[str, Any]:
    """Return `order` as an item of the orders table, with its key in the index ``by_status``."""
    return {
        "id": {"S": order.id},
        "customer": {"S": order.customer},
        "currency": {"S": order.currency},
        "lines": {
            "L": [
                {
                    "M": {
                        "sku": {"S": line.sku},
                        "quantity": {"N": str(line.quantity)},
                        "unit_price": {"N": str(line.unit_price)},
                    }
                }
                for line in order.lines
            ]
        },
        "total": {"N": str(order.total)},
        "status": {"S": order.status},
        "version": {"N": str(order.version)},
        "created_at": {"S": order.created_at},
        "updated_at": {"S": order.updated_at},
        "created_key": {"S": f"{order.created_at}#{order.id}"},
    }


def order_of(item: Any) -> Order:  # noqa: ANN401  what DynamoDB has
    """Return the order that an item of the orders table is.

    Raises
    ------
    msgspec.ValidationError
        It is none; the message says where, and holds no value.
    """
    # Not strict: DynamoDB writes numbers as strings.
    found = msgspec.convert(item, _OrderItem, strict=False)
    return Order(
        id=found.id.S,
        customer=found.customer.S,
        currency=found.currency.S,
        lines=tuple(
            OrderLine(line.M.sku.S, line.M.quantity.N, line.M.unit_price.N)
            for line in found.lines.L
        ),
        total=found.total.N,
        status=found.status.S,
        version=found.version.N,
        created_at=found.created_at.S,
        updated_at=found.updated_at.S,
    )
