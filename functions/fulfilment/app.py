"""What fulfilment does to the order itself; the workflow names one task in each invocation.

Each task may run twice and has one effect, and each error is a class that the workflow catches.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

import order_table
import workflow_task
from json_log import log
from order import (
    AWAITING_APPROVAL,
    CANCELLED,
    FAILED,
    FULFILLED,
    FULFILLING,
    PLACED,
    Order,
    WrongTransitionError,
    total_of,
)
from timestamp import now as _now


class OrderId(Struct, frozen=True):
    """An order, as far as the table is needed to know the rest."""

    id: Annotated[str, Meta(min_length=1)]
    correlation_id: str | None = None


class Task(Struct, frozen=True, tag_field="task"):
    """One step of fulfilment."""

    order: OrderId


class Validate(Task, frozen=True, tag="validate"):
    """Take the order up, and refuse one that cannot be fulfilled."""


class RequestApproval(Task, frozen=True, tag="request_approval"):
    """Let the order wait for whoever answers the token."""

    token: Annotated[str, Meta(min_length=1)]


class Resume(Task, frozen=True, tag="resume"):
    """Go on with an order that was approved."""


class ShipLine(Task, frozen=True, tag="ship_line"):
    """Send one line on its way."""

    line: Annotated[int, Meta(ge=0)]


class Recall(Task, frozen=True, tag="recall"):
    """Undo what `ShipLine` did, and what it may still do."""


class Settle(Task, frozen=True, tag="settle"):
    """Give the order the status that it ends with."""

    status: Literal["fulfilled", "failed"]
    reason: str | None = None


TASKS = Validate | RequestApproval | Resume | ShipLine | Recall | Settle


class InvalidOrderError(Exception):
    """The order cannot be fulfilled, however often one tries."""


class OrderCancelledError(Exception):
    """The customer has cancelled the order meanwhile."""


def handler(event: Any, context: Any) -> Any:  # noqa: ANN401, ARG001  Lambda's own, any JSON
    """Do one task of the workflow."""
    task = workflow_task.read_task(
        event, Validate | RequestApproval | Resume | ShipLine | Recall | Settle
    )
    result: Any = None
    match task:
        case Validate(order):
            result = msgspec.to_builtins(validate(order.id))
        case RequestApproval(order, token):
            request_approval(order.id, token)
        case Resume(order):
            result = _status(_become(order.id, FULFILLING, before=(AWAITING_APPROVAL,)))
        case ShipLine(order, line):
            order_table.ship(order.id, line)
        case Recall(order):
            order_table.recall(order.id, at=_now())
        case Settle(order, status):
            result = _status(settle(order.id, status))
    log("INFO", "done", task=type(task).__struct_config__.tag, order=task.order.id)
    return result


def validate(order_id: str) -> Order:
    """Take an order up and return it as it is kept, whatever the workflow was started with.

    Raises
    ------
    InvalidOrderError
        Its total is not that of its lines, or there is nothing to pay.
    """
    order = _become(order_id, FULFILLING, before=(PLACED,))
    total = total_of(order.lines)
    if order.total != total:
        raise InvalidOrderError(f"Its total is {order.total}, and its lines cost {total}")
    if total == 0:
        raise InvalidOrderError("Its lines cost nothing, so there is no payment to take")
    return order


def request_approval(order_id: str, token: str) -> None:
    """Keep the token where an approver finds it."""
    try:
        order_table.ask_approval(order_id, token, at=_now())
    except WrongTransitionError as error:
        raise _told(error) from error


def settle(order_id: str, status: str) -> Order:
    """End an order; one that was cancelled meanwhile stays cancelled."""
    if status == FULFILLED:
        return _become(order_id, FULFILLED)
    try:
        return _become(order_id, FAILED)
    except OrderCancelledError:
        return order_table.get(order_id)
    except WrongTransitionError as error:
        if error.status != PLACED:
            raise
    # It could not even be taken up.
    _become(order_id, FULFILLING, before=(PLACED,))
    return _become(order_id, FAILED)


def _become(order_id: str, wanted: str, *, before: tuple[str, ...] = ()) -> Order:
    """Give an order a status, or find that an earlier try of the same task did."""
    try:
        return order_table.become(order_id, wanted, at=_now(), before=before)
    except WrongTransitionError as error:
        if error.status == wanted:
            return order_table.get(order_id)
        raise _told(error) from error


def _told(error: WrongTransitionError) -> Exception:
    """Return the error that the workflow is to hear."""
    if error.status == CANCELLED:
        return OrderCancelledError(str(error))
    return error


def _status(order: Order) -> dict[str, str]:
    return {"status": order.status}
