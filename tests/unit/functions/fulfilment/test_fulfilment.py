"""Fulfilment's tasks on the order itself: each once, and each refusal by a class of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from moto import mock_aws

from tests.unit.functions.malformed import anything, spoilt
from tests.unit.functions.orders import ORDER_ID, item, order, table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from types_boto3_dynamodb.service_resource import Table

    from tests.unit.functions.conftest import Load

    Item = Any

STATUSES = ("placed", "fulfilling", "awaiting_approval", "fulfilled", "failed", "cancelled")


class Orders:
    """The function and its table."""

    def __init__(self, app: ModuleType, kept: Table) -> None:
        self.app = app
        self.kept = kept

    def put(self, status: str, **changes: object) -> None:
        self.kept.put_item(Item=item(order(status=status) | changes))

    def do(self, task: str, **more: object) -> Item:
        return self.app.handler({"task": task, "order": {"id": ORDER_ID}, **more}, None)

    @property
    def item(self) -> Item:
        return self.kept.get_item(Key={"id": ORDER_ID}, ConsistentRead=True)["Item"]

    @property
    def status(self) -> str:
        return str(self.item["status"])


@pytest.fixture
def orders(load: Load) -> Iterator[Orders]:
    with mock_aws():
        yield Orders(load("fulfilment", TABLE_NAME="orders"), table("orders"))


def test_validate_takes_the_order_up_and_returns_it_as_it_is_kept(orders: Orders) -> None:
    orders.put("placed", version=1)
    taken = orders.do("validate")
    wanted = order(status="fulfilling", version=2) | {"updated_at": taken["updated_at"]}
    assert json.loads(json.dumps(taken)) == wanted
    assert orders.status == "fulfilling"


def test_validate_once_more_changes_nothing(orders: Orders) -> None:
    orders.put("placed", version=1)
    first = orders.do("validate")
    assert orders.do("validate") == first


@pytest.mark.parametrize("status", ["awaiting_approval", "fulfilled", "failed"])
def test_validate_refuses_an_order_that_is_further(orders: Orders, status: str) -> None:
    orders.put(status)
    with pytest.raises(orders.app.WrongTransitionError):
        orders.do("validate")
    assert orders.status == status


def test_validate_refuses_a_cancelled_order(orders: Orders) -> None:
    orders.put("cancelled")
    with pytest.raises(orders.app.OrderCancelledError):
        orders.do("validate")


def test_validate_refuses_an_order_that_is_not_there(orders: Orders) -> None:
    with pytest.raises(orders.app.order_table.UnknownOrderError):
        orders.do("validate")


def test_validate_refuses_a_total_that_is_not_that_of_the_lines(orders: Orders) -> None:
    orders.put("placed", total=1)
    with pytest.raises(orders.app.InvalidOrderError, match="total is 1, and its lines cost 750"):
        orders.do("validate")


def test_validate_refuses_an_order_that_costs_nothing(orders: Orders) -> None:
    orders.kept.put_item(Item=item(order(unit_price=0, status="placed")))
    with pytest.raises(orders.app.InvalidOrderError, match="no payment to take"):
        orders.do("validate")


def test_a_request_for_approval_keeps_the_token_on_the_order(orders: Orders) -> None:
    orders.put("fulfilling")
    orders.do("request_approval", token="token-1")
    kept, token = orders.app.order_table.approval(ORDER_ID)
    assert (kept.status, kept.version, token) == ("awaiting_approval", 3, "token-1")


def test_a_second_request_keeps_its_own_token_and_tells_no_new_event(orders: Orders) -> None:
    orders.put("fulfilling")
    orders.do("request_approval", token="token-1")
    orders.do("request_approval", token="token-2")
    assert (orders.item["approval_token"], orders.item["version"]) == ("token-2", 3)


def test_an_order_that_waits_for_nothing_has_no_approval(orders: Orders) -> None:
    orders.put("fulfilling")
    with pytest.raises(orders.app.order_table.NotAwaitingApprovalError, match="fulfilling"):
        orders.app.order_table.approval(ORDER_ID)


def test_the_token_is_not_part_of_the_order_that_is_shown(orders: Orders) -> None:
    orders.put("fulfilling")
    orders.do("request_approval", token="token-1")
    assert "token" not in str(orders.app.order_table.get(ORDER_ID))


def test_no_approval_is_asked_for_a_cancelled_order(orders: Orders) -> None:
    orders.put("cancelled")
    with pytest.raises(orders.app.OrderCancelledError):
        orders.do("request_approval", token="token-1")


def test_cancelling_an_order_that_waits_gives_its_token(orders: Orders) -> None:
    orders.put("fulfilling")
    orders.do("request_approval", token="token-1")
    kept, token = orders.app.order_table.cancel(ORDER_ID, at="now")
    assert (kept.status, token) == ("cancelled", "token-1")


def test_cancelling_an_order_that_was_just_placed_gives_no_token(orders: Orders) -> None:
    orders.put("placed")
    assert orders.app.order_table.cancel(ORDER_ID, at="now")[1] is None


def test_resume_goes_on_with_an_approved_order_once(orders: Orders) -> None:
    orders.put("awaiting_approval")
    assert orders.do("resume") == {"status": "fulfilling"}
    assert orders.do("resume") == {"status": "fulfilling"}
    assert orders.item["version"] == 3


def test_resume_hears_that_the_customer_was_faster(orders: Orders) -> None:
    orders.put("cancelled")
    with pytest.raises(orders.app.OrderCancelledError):
        orders.do("resume")


def test_a_line_that_is_shipped_twice_is_noted_once(orders: Orders) -> None:
    orders.put("fulfilling")
    for line in (1, 0, 1):
        orders.do("ship_line", line=line)
    assert orders.item["shipped_lines"] == {0, 1}


def test_shipping_is_no_change_of_the_order_that_others_hear_of(orders: Orders) -> None:
    orders.put("fulfilling")
    orders.do("ship_line", line=0)
    assert orders.item["version"] == 2


@pytest.mark.parametrize("status", [s for s in STATUSES if s != "fulfilling"])
def test_nothing_is_shipped_of_an_order_that_is_not_being_fulfilled(
    orders: Orders, status: str
) -> None:
    orders.put(status)
    with pytest.raises(orders.app.order_table.ShippingClosedError):
        orders.do("ship_line", line=0)


def test_a_recall_undoes_every_line(orders: Orders) -> None:
    orders.put("fulfilling")
    orders.do("ship_line", line=0)
    orders.do("recall")
    orders.do("recall")
    assert "shipped_lines" not in orders.item


def test_a_line_that_is_shipped_after_the_recall_is_refused(orders: Orders) -> None:
    orders.put("fulfilling")
    orders.do("recall")
    with pytest.raises(orders.app.order_table.ShippingClosedError):
        orders.do("ship_line", line=0)
    assert "shipped_lines" not in orders.item


@pytest.mark.parametrize("task", [{"task": "ship_line", "line": 0}, {"task": "recall"}])
def test_nothing_is_shipped_or_recalled_of_no_order(orders: Orders, task: dict[str, Any]) -> None:
    with pytest.raises(orders.app.order_table.UnknownOrderError):
        orders.do(**task)


@pytest.mark.parametrize("status", ["fulfilled", "failed"])
def test_settle_ends_an_order_once(orders: Orders, status: str) -> None:
    orders.put("fulfilling")
    assert orders.do("settle", status=status) == {"status": status}
    assert orders.do("settle", status=status) == {"status": status}
    assert orders.item["version"] == 3


def test_settle_fails_an_order_that_could_not_even_be_taken_up(orders: Orders) -> None:
    orders.put("placed", version=1)
    assert orders.do("settle", status="failed", reason="error") == {"status": "failed"}


def test_settle_fails_an_order_that_nobody_approved(orders: Orders) -> None:
    orders.put("awaiting_approval")
    assert orders.do("settle", status="failed") == {"status": "failed"}


def test_an_order_that_was_cancelled_stays_cancelled(orders: Orders) -> None:
    orders.put("cancelled")
    assert orders.do("settle", status="failed") == {"status": "cancelled"}


def test_a_fulfilled_order_does_not_fail_any_more(orders: Orders) -> None:
    orders.put("fulfilled")
    with pytest.raises(orders.app.WrongTransitionError):
        orders.do("settle", status="failed")


REF = {"id": ORDER_ID}
EVENTS: list[dict[str, Any]] = [
    {"task": "validate", "order": REF},
    {"task": "request_approval", "order": REF, "token": "token-1"},
    {"task": "resume", "order": REF},
    {"task": "ship_line", "order": REF, "line": 0},
    {"task": "recall", "order": REF},
    {"task": "settle", "order": REF, "status": "failed", "reason": "error"},
]
TASKS = {event["task"] for event in EVENTS}


@given(event=anything(TASKS) | spoilt(EVENTS, {"task", "order", "id", "token", "line", "status"}))
@settings(
    max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_is_no_task_is_never_done(orders: Orders, event: object) -> None:
    with pytest.raises(orders.app.workflow_task.InvalidTaskError):
        orders.app.handler(event, None)


@pytest.mark.parametrize(
    "event",
    [
        {"task": "validate", "order": {"id": ""}},
        {"task": "request_approval", "order": REF, "token": ""},
        {"task": "ship_line", "order": REF, "line": -1},
        {"task": "settle", "order": REF, "status": "cancelled"},
    ],
)
def test_a_task_with_a_value_that_cannot_be_is_refused(orders: Orders, event: object) -> None:
    with pytest.raises(orders.app.workflow_task.InvalidTaskError):
        orders.app.handler(event, None)
