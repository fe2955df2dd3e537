"""The workflow: an order is fulfilled, waits for its approval, or is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.demo.rows import Call, Effect, Row, must
from tools.order_service.orders import DECLINED, ORDER, ORDER_PIECES, large

if TYPE_CHECKING:
    from tools.demo.visit import Visit
    from tools.local_aws.http import Answer

FULFILLED, NOT_FULFILLED = ("SUCCEEDED", "Fulfilled"), ("SUCCEEDED", "NotFulfilled")
LARGE = 100_000_000
"""Minor units that wait for an approval in every environment."""


def _ends(visit: Visit, order_id: str, end: tuple[str, str], *effects: str | None) -> None:
    """Wait for the end of an order's fulfilment, and look at each thing that it has done."""
    status, states = visit.service.executed(order_id)
    must((status, states[-1]) == end, f"{status} in {states[-1]}")
    found = visit.service.effects(order_id)
    must(found == effects, f"order, payment and pieces are {found} and not {effects}")


def _fulfils(visit: Visit) -> str:
    order_id = visit.service.place(ORDER)
    _ends(visit, order_id, FULFILLED, "fulfilled", "charged", "reserved")
    visit.service.notified(order_id, "order.fulfilled")
    return f"{ORDER_PIECES} pieces held, charged"


def _waits(visit: Visit) -> str:
    visit.waiting_id = visit.service.place(large(LARGE))
    return visit.service.become(visit.waiting_id, "awaiting_approval").replace("_", " ")


def _approve(visit: Visit, *, by_manager: bool) -> Answer:
    credentials = visit.service.manager if by_manager else visit.stranger
    return visit.service.door("http", credentials).post_json(
        f"/orders/{visit.waiting_id}/approval", {"approved": True}
    )


def _goes_on(visit: Visit) -> str:
    order_id = visit.waiting_id
    _ends(visit, order_id, FULFILLED, "fulfilled", "charged", "reserved")
    return "fulfilled"


def _undoes(visit: Visit) -> str:
    order_id = visit.service.place(DECLINED)
    _ends(visit, order_id, NOT_FULFILLED, "failed", None, "released")
    return "released, not charged, failed"


def _begun(visit: Visit, order_id: str) -> object:
    execution = visit.service.execution(order_id)
    return execution and execution["startDate"]


def _cancel(visit: Visit) -> Answer:
    return visit.url(visit.caller).request("POST", f"/orders/{visit.waiting_id}/cancel")


def _gives_back(visit: Visit) -> str:
    order_id = visit.waiting_id
    _ends(visit, order_id, NOT_FULFILLED, "cancelled", "refunded", "released")
    return "released, refunded, cancelled"


def _starts_once(visit: Visit) -> str:
    service = visit.service
    order_id = service.place(ORDER)
    service.executed(order_id)
    before = _begun(visit, order_id)
    states = service.client("stepfunctions")
    try:
        states.start_execution(
            stateMachineArn=service.outputs["workflow"]["arn"], name=order_id, input="{}"
        )
    except states.exceptions.ExecutionAlreadyExists:
        must(_begun(visit, order_id) == before, "it ran again")
        return "refused, ran once"
    must(condition=False, otherwise="started again")
    return ""


ROWS: tuple[Row, ...] = (
    Effect("An order is fulfilled", "execution, order, payment", _fulfils),
    Effect("A large order waits for its approval", "awaiting approval", _waits),
    Call("A user without permission approves it", (403,), lambda v: _approve(v, by_manager=False)),
    Call("A manager approves it", (202,), lambda v: _approve(v, by_manager=True)),
    Effect("The large order goes on", "fulfilled", _goes_on),
    Effect("Another large order waits", "awaiting approval", _waits),
    Call("Cancel it", (200,), _cancel),
    Call("Cancel it again", (409,), _cancel),
    Effect("The cancelled order is undone", "compensation", _gives_back),
    Effect("A card is declined: what was done is undone", "compensation", _undoes),
    Effect("Fulfilment is started twice for one order", "runs once", _starts_once),
)
