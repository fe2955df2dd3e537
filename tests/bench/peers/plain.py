"""Orders as msgspec structs of types alone: the floor that validation is measured by."""

from __future__ import annotations

from msgspec import Struct


class Line(Struct, gc=False):
    """A line."""

    sku: str
    quantity: int
    unit_price: int


class NewOrder(Struct, gc=False):
    """What a customer asks for."""

    customer: str
    currency: str
    lines: list[Line]


class Order(NewOrder, gc=False):
    """An order as it is kept."""

    id: str
    total: int
    status: str
    version: int
    created_at: str
    updated_at: str
