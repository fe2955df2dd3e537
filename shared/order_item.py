"""Orders as DynamoDB items, as its API and its streams have them. Pure: no AWS."""

from __future__ import annotations

from typing import Any

from order import BriefOrder, Order, OrderLine


def item_of(order: Order) -> dict[str, Any]:
    """Return `order` as an item of the orders table, with its key in the index ``by_status``."""
    item: dict[str, Any] = {
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
    if order.correlation_id is not None:
        item["correlation_id"] = {"S": order.correlation_id}
    return item


def order_of(item: dict[str, Any]) -> Order:
    """Return the order that an item of the orders table is.

    Raises
    ------
    KeyError, TypeError, ValueError
        It is none.
    """
    # A base lets int take strings only, as DynamoDB writes numbers.
    return Order(
        id=item["id"]["S"],
        customer=item["customer"]["S"],
        currency=item["currency"]["S"],
        lines=tuple(
            OrderLine(
                sku=line["M"]["sku"]["S"],
                quantity=int(line["M"]["quantity"]["N"], 10),
                unit_price=int(line["M"]["unit_price"]["N"], 10),
            )
            for line in item["lines"]["L"]
        ),
        total=int(item["total"]["N"], 10),
        status=item["status"]["S"],
        version=int(item["version"]["N"], 10),
        created_at=item["created_at"]["S"],
        updated_at=item["updated_at"]["S"],
        correlation_id=item["correlation_id"]["S"] if "correlation_id" in item else None,
    )


def brief_order_of(item: dict[str, Any]) -> BriefOrder:
    """Return in brief the order that an item of the orders table is, whole or in part.

    Raises
    ------
    KeyError, TypeError, ValueError
        It is none, or a field is missing that is needed.
    """
    return BriefOrder(
        id=item["id"]["S"],
        created_at=item["created_at"]["S"],
        version=int(item["version"]["N"], 10),
        status=item["status"]["S"],
        currency=item["currency"]["S"],
        total=int(item["total"]["N"], 10),
    )
