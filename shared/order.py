"""What an order is: its fields, its money, its life. Pure: no AWS, no clock, no chance.

An order is placed, fulfilled by a workflow that may wait for an approval, and ends fulfilled,
failed or cancelled. Money is in minor units of one currency (cents of EUR), always an integer.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

MAX_LINES = 100
MAX_QUANTITY = 10_000
MAX_UNIT_PRICE = 100_000_000
MAX_TOTAL = MAX_LINES * MAX_QUANTITY * MAX_UNIT_PRICE
MAX_ID = 80
"""The longest name of an execution in Step Functions, which is named after its order."""
MAX_CORRELATION_ID = 128
MAX_CUSTOMER = 254
"""The longest address that SMTP carries (RFC 5321, section 4.5.3.1)."""

PLACED = "placed"
FULFILLING = "fulfilling"
AWAITING_APPROVAL = "awaiting_approval"
FULFILLED = "fulfilled"
FAILED = "failed"
CANCELLED = "cancelled"

TRANSITIONS: dict[str, tuple[str, ...]] = {
    PLACED: (FULFILLING, CANCELLED),
    FULFILLING: (AWAITING_APPROVAL, FULFILLED, FAILED),
    AWAITING_APPROVAL: (FULFILLING, FAILED, CANCELLED),
    FULFILLED: (),
    FAILED: (),
    CANCELLED: (),
}
"""Status -> the statuses that may follow it."""

STATUSES = tuple(TRANSITIONS)
FINAL_STATUSES = tuple(status for status, following in TRANSITIONS.items() if not following)


class WrongTransitionError(Exception):
    """An order was asked to become what it cannot become now.

    Attributes
    ----------
    status
        What it is.
    wanted
        What it was to become.
    """

    def __init__(self, status: str, wanted: str) -> None:
        allowed = ", ".join(TRANSITIONS[status]) or "nothing: it is final"
        super().__init__(f"An order that is {status} cannot become {wanted}; it can: {allowed}")
        self.status = status
        self.wanted = wanted


class OrderLine(Struct, frozen=True, forbid_unknown_fields=True):
    """So many pieces of one article at one price each, in minor units."""

    # \Z, since $ would let a line break follow.
    sku: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")]
    quantity: Annotated[int, Meta(ge=1, le=MAX_QUANTITY)]
    unit_price: Annotated[int, Meta(ge=0, le=MAX_UNIT_PRICE)]


class NewOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """What a customer asks for."""

    customer: Annotated[str, Meta(min_length=1, max_length=MAX_CUSTOMER)]
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z")]
    lines: Annotated[tuple[OrderLine, ...], Meta(min_length=1, max_length=MAX_LINES)]


class Order(Struct, frozen=True, omit_defaults=True):
    """An order as it is kept and shown.

    Attributes
    ----------
    total
        Sum over the lines, in minor units; at most 10**14, so it is exact in JSON and DynamoDB.
    version
        Counts the changes, from 1.
    created_at, updated_at
        ISO 8601 in UTC with microseconds.
    correlation_id
        Id of the request that placed it, or of the file that it came in, by which logs tell what
        belongs together; None for orders from before there were such ids.
    """

    id: Annotated[str, Meta(min_length=1, max_length=MAX_ID)]
    customer: Annotated[str, Meta(min_length=1, max_length=MAX_CUSTOMER)]
    currency: Annotated[str, Meta(min_length=3, max_length=3)]
    lines: Annotated[tuple[OrderLine, ...], Meta(min_length=1, max_length=MAX_LINES)]
    total: Annotated[int, Meta(ge=0, le=MAX_TOTAL)]
    status: str
    version: Annotated[int, Meta(ge=1, le=2**53)]
    created_at: str
    updated_at: str
    correlation_id: Annotated[str, Meta(min_length=1, max_length=MAX_CORRELATION_ID)] | None = None


class BriefOrder(Struct, frozen=True, gc=False):
    """What comparing and counting need of an order, of which there may be millions.

    Its fields are those of `Order`.
    """

    id: str
    created_at: str
    version: int
    status: str
    currency: str
    total: int


def total_of(lines: tuple[OrderLine, ...]) -> int:
    """Return what `lines` cost together, in minor units."""
    return sum(line.quantity * line.unit_price for line in lines)


def place(new: NewOrder, *, order_id: str, at: str, correlation_id: str | None = None) -> Order:
    """Return the order that `new` becomes when it is placed.

    Parameters
    ----------
    new
        What is asked for.
    order_id
        Its id.
    at
        Now, as ISO 8601 in UTC with microseconds.
    correlation_id
        Id of the request that places it, or of the file that it comes in.
    """
    return Order(
        id=order_id,
        customer=new.customer,
        currency=new.currency,
        lines=new.lines,
        total=total_of(new.lines),
        status=PLACED,
        version=1,
        created_at=at,
        updated_at=at,
        correlation_id=correlation_id,
    )


def statuses_before(wanted: str) -> tuple[str, ...]:
    """Return the statuses from which an order can become `wanted`."""
    return tuple(status for status, following in TRANSITIONS.items() if wanted in following)
