"""Fulfilment: each task fails in turn, and an order is fulfilled once or undone whole."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.faults import faulty
from tools.order_service.orders import DECLINED, ORDER
from tools.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tools.order_service.service import Service

PIECES = 3
STOCKED = 10
LARGE = 100_000
"""Minor units of one piece that make an order wait for its approval."""
FULFILLED, FAILED = ("SUCCEEDED", "Fulfilled"), ("FAILED", "Failed")
NOT_FULFILLED = ("SUCCEEDED", "NotFulfilled")
NOT_UNDONE, UNSETTLED = ("FAILED", "NotUndone"), ("FAILED", "Unsettled")
COMPENSATION = ["Recall", "Refund", "Release", "SettleFailed"]


@dataclass(frozen=True)
class Case:
    """One order, where its fulfilment fails, and what must become of it.

    Attributes
    ----------
    fails
        Task -> "always" or "once", and "early" (before its work) or "late" (after it).
    end
        Status of the execution, and its last state.
    status, payment, stock
        What the order, its payment and its reservation are then.
    undone
        The states of the compensation that it goes through, in their order.
    shipped
        How many of its two lines are on their way then.
    """

    fails: Mapping[str, str]
    end: tuple[str, str]
    status: str
    payment: str | None
    stock: str | None
    undone: tuple[str, ...] = ()
    shipped: int = 0

    @property
    def name(self) -> str:
        return ", ".join(f"{task} {how}" for task, how in self.fails.items())

    @property
    def large(self) -> bool:
        return bool({"request_approval", "resume"} & self.fails.keys())


ALL_LATE = {"ship_line": "always late"}
REST = ("Refund", "Release", "SettleFailed")
WHOLE = ("Recall", *REST)
CASES = [
    # A task that fails always: the order fails, and what was done, or may have been, is undone.
    Case({"validate": "always early"}, FAILED, "failed", None, None, ("SettleFailed",)),
    Case({"validate": "always late"}, FAILED, "failed", None, None, ("SettleFailed",)),
    Case({"reserve": "always early"}, FAILED, "failed", "refunded", "released", REST),
    Case({"reserve": "always late"}, FAILED, "failed", "refunded", "released", REST),
    Case({"charge": "always early"}, FAILED, "failed", "void", "released", REST),
    Case({"charge": "always late"}, FAILED, "failed", "refunded", "released", REST),
    Case({"request_approval": "always early"}, FAILED, "failed", "refunded", "released", REST),
    Case({"request_approval": "always late"}, FAILED, "failed", "refunded", "released", REST),
    Case({"resume": "always early"}, FAILED, "failed", "refunded", "released", REST),
    Case({"resume": "always late"}, FAILED, "failed", "refunded", "released", REST),
    Case({"ship_line": "always early"}, FAILED, "failed", "refunded", "released", WHOLE),
    Case({"ship_line": "always late"}, FAILED, "failed", "refunded", "released", WHOLE),
    # Once everything is on its way nothing is undone: somebody has to look.
    Case({"settle": "always early"}, UNSETTLED, "fulfilling", "charged", "reserved", (), 2),
    Case({"settle": "always late"}, UNSETTLED, "fulfilled", "charged", "reserved", (), 2),
    # A compensation that fails always: the others are done all the same, and somebody is told.
    Case(ALL_LATE | {"recall": "always early"}, NOT_UNDONE, "failed", "refunded", "released",
         WHOLE, 2),
    Case(ALL_LATE | {"recall": "always late"}, NOT_UNDONE, "failed", "refunded", "released", WHOLE),
    Case(ALL_LATE | {"refund": "always early"}, NOT_UNDONE, "failed", "charged", "released", WHOLE),
    Case(ALL_LATE | {"refund": "always late"}, NOT_UNDONE, "failed", "refunded", "released", WHOLE),
    Case(ALL_LATE | {"release": "always early"}, NOT_UNDONE, "failed", "refunded", "reserved",
         WHOLE),
    Case(ALL_LATE | {"release": "always late"}, NOT_UNDONE, "failed", "refunded", "released",
         WHOLE),
    Case(ALL_LATE | {"settle": "always early"}, UNSETTLED, "fulfilling", "refunded", "released",
         WHOLE),
    Case(ALL_LATE | {"settle": "always late"}, UNSETTLED, "failed", "refunded", "released", WHOLE),
    # What fails once is done once all the same.
    *(
        Case({task: f"once {when}"}, FULFILLED, "fulfilled", "charged", "reserved", (), 2)
        for task in ("validate", "reserve", "charge", "request_approval", "resume", "ship_line",
                     "settle")
        for when in ("early", "late")
    ),
    *(
        Case(ALL_LATE | {task: f"once {when}"}, FAILED, "failed", "refunded", "released", WHOLE)
        for task in ("recall", "refund", "release", "settle")
        for when in ("early", "late")
    ),
]  # fmt: skip


def new_id() -> str:
    """Return an id as the API gives them; it also names the order's own article."""
    return "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(26))


def order_of(article: str, *, large: bool = False, **others: object) -> dict[str, Any]:
    """Return an order of two lines and three pieces of one article."""
    lines = [
        {"sku": article, "quantity": 2, "unit_price": 650},
        {"sku": article, "quantity": 1, "unit_price": LARGE if large else 1200},
    ]
    return ORDER | {"lines": lines} | others


def place(service: Service, order_id: str | None = None, **others: Any) -> str:  # noqa: ANN401
    """Put an order of an article of its own, which is in stock; return its id."""
    order_id = order_id or new_id()
    service.stock_up(order_id, STOCKED)
    service.put_order(order_id, "placed", datetime.now(UTC), order_of(order_id, **others))
    return order_id


def decide(service: Service, order_id: str, *, approved: bool) -> int:
    """Answer the approval that an order waits for; return the status of the answer."""
    door = service.door("http", service.manager)
    return door.post_json(f"/orders/{order_id}/approval", {"approved": approved}).status


def end_of(service: Service, order_id: str) -> tuple[str, str]:
    """Wait for the end of an order's fulfilment; return its status and last state."""
    status, states = service.executed(order_id, seconds=90)
    return status, states[-1]


def reason_of(service: Service, order_id: str) -> str:
    """Return why an order was not fulfilled, as its execution tells it."""
    execution = service.execution(order_id)
    assert execution is not None
    return str(json.loads(execution["output"])["reason"])


@pytest.fixture(scope="module", autouse=True)
def failing(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The orders of all cases, by the case's name: on their way while the other tests run."""
    ids = {case.name: new_id() for case in CASES}
    plans = {
        ids[case.name]: {
            task: {"once": how.startswith("once"), "late": how.endswith("late")}
            for task, how in case.fails.items()
        }
        for case in CASES
    }
    folder = tmp_path_factory.mktemp("failed")

    waiting = [ids[case.name] for case in CASES if case.large]

    def approve_all() -> None:
        # An approver whose answer came between two tries of the task gives it again.
        while waiting and not over.wait(0.5):
            for order_id in list(waiting):
                status = service.status(order_id)
                if status == "awaiting_approval":
                    decide(service, order_id, approved=True)
                if status in {"fulfilled", "failed"}:
                    waiting.remove(order_id)

    over = Event()
    with ExitStack() as faults, ThreadPoolExecutor(1) as approver:
        for function in ("fulfilment", "stock", "payments"):
            faults.enter_context(
                faulty(service, function, "at_task", plans=plans, folder=str(folder))
            )
        # One alone, so that all the others find the functions warm.
        assert end_of(service, place(service)) == FULFILLED
        for case in CASES:
            place(service, ids[case.name], large=case.large)
        approving = approver.submit(approve_all)
        yield ids
        over.set()
        approving.result()


# --- without a fault ------------------------------------------------------------------------------


def test_an_order_is_fulfilled_with_one_effect_of_each_task(service: Service) -> None:
    order_id = place(service)
    assert end_of(service, order_id) == FULFILLED
    assert service.effects(order_id) == ("fulfilled", "charged", "reserved")
    assert service.available(order_id) == STOCKED - PIECES
    payment = service.item("payments", order_id)
    assert payment is not None
    assert payment["amount"]["N"] == str(2 * 650 + 1200)


def test_an_order_out_of_a_file_is_fulfilled_as_any_other(service: Service) -> None:
    article = new_id()
    service.stock_up(article, STOCKED)
    columns = "reference,customer,currency,sku,quantity,unit_price"
    rows = f"{columns}\n{article},ada@example.com,EUR,{article},{PIECES},650\n".encode()
    service.report(f"{article}.csv", service.upload(f"{article}.csv", rows))
    until("its pieces held", lambda: service.available(article) == STOCKED - PIECES)


def test_of_an_order_whose_articles_are_out_of_stock_nothing_is_kept(service: Service) -> None:
    order_id = new_id()
    service.stock_up(order_id, PIECES - 1)
    service.put_order(order_id, "placed", datetime.now(UTC), order_of(order_id))
    assert end_of(service, order_id) == NOT_FULFILLED
    assert reason_of(service, order_id) == "out_of_stock"
    assert service.effects(order_id) == ("failed", "refunded", None)
    assert service.available(order_id) == PIECES - 1


def test_an_order_whose_payment_is_declined_gives_its_pieces_back(service: Service) -> None:
    order_id = place(service, customer=DECLINED["customer"])
    assert end_of(service, order_id) == NOT_FULFILLED
    assert reason_of(service, order_id) == "payment_declined"
    assert service.effects(order_id) == ("failed", None, "released")
    assert service.available(order_id) == STOCKED


def test_an_order_with_nothing_to_pay_is_refused_before_anything_is_done(service: Service) -> None:
    order_id = new_id()
    service.stock_up(order_id, STOCKED)
    free = ORDER | {"lines": [{"sku": order_id, "quantity": 1, "unit_price": 0}]}
    service.put_order(order_id, "placed", datetime.now(UTC), free)
    assert end_of(service, order_id) == NOT_FULFILLED
    assert reason_of(service, order_id) == "invalid"
    assert service.effects(order_id) == ("failed", None, None)


def test_an_order_that_nobody_knows_fails_and_leaves_no_trace(service: Service) -> None:
    order_id = new_id()
    start(service, order_id)
    assert end_of(service, order_id) == ("FAILED", "UnknownOrder")
    assert service.effects(order_id) == (None, None, None)


def test_an_order_that_was_cancelled_before_is_left_alone(service: Service) -> None:
    order_id = new_id()
    service.put_order(order_id, "cancelled", datetime.now(UTC), order_of(order_id))
    start(service, order_id)
    assert end_of(service, order_id) == ("SUCCEEDED", "NothingToDo")
    assert service.effects(order_id) == ("cancelled", None, None)


# --- once, however often and however many ---------------------------------------------------------


def start(service: Service, order_id: str) -> Any:  # noqa: ANN401  boto3's own
    """Start the fulfilment of an order by hand."""
    return service.client("stepfunctions").start_execution(
        stateMachineArn=service.outputs["workflow"]["arn"],
        name=order_id,
        input=json.dumps({"order": {"id": order_id}}),
    )


def test_an_order_that_is_fulfilled_is_not_started_again(service: Service) -> None:
    order_id = place(service)
    assert end_of(service, order_id) == FULFILLED
    states = service.client("stepfunctions")
    with pytest.raises(states.exceptions.ExecutionAlreadyExists):
        start(service, order_id)
    assert version_of(service, order_id) == 3


def test_of_many_starts_at_once_one_runs(service: Service) -> None:
    order_id = new_id()
    # Cancelled, so that its event starts nothing: only the starts below do.
    service.put_order(order_id, "cancelled", datetime.now(UTC), order_of(order_id))
    service.client("stepfunctions")
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: start(service, order_id), range(12)))
    assert len({answer["executionArn"] for answer in answers}) == 1
    assert len({answer["startDate"] for answer in answers}) == 1
    assert end_of(service, order_id) == ("SUCCEEDED", "NothingToDo")
    _, states = service.executed(order_id)
    assert Counter(states)["Validate"] == 1


def version_of(service: Service, order_id: str) -> int:
    """Return how often an order was changed, from 1."""
    item = service.item("orders", order_id)
    assert item is not None
    return int(item["version"]["N"])


def test_the_last_pieces_go_to_as_many_orders_as_there_are(service: Service) -> None:
    article, pieces, wanted = f"last-{new_id()}", 7, 20
    service.stock_up(article, pieces)
    one = ORDER | {"lines": [{"sku": article, "quantity": 1, "unit_price": 650}]}
    ids = [new_id() for _ in range(wanted)]
    for order_id in ids:
        service.put_order(order_id, "placed", datetime.now(UTC), one)
    ends = Counter(end_of(service, order_id) for order_id in ids)
    assert ends == {FULFILLED: pieces, NOT_FULFILLED: wanted - pieces}
    assert service.available(article) == 0
    kept = Counter(service.effects(order_id) for order_id in ids)
    assert kept == {
        ("fulfilled", "charged", "reserved"): pieces,
        ("failed", "refunded", None): wanted - pieces,
    }


def test_orders_of_the_same_two_articles_hold_both_or_none(service: Service) -> None:
    few, many, wanted = f"few-{new_id()}", f"many-{new_id()}", 10
    service.stock_up(few, 4)
    service.stock_up(many, 100)
    both = [{"sku": sku, "quantity": 1, "unit_price": 650} for sku in (many, few)]
    ids = [new_id() for _ in range(wanted)]
    for n, order_id in enumerate(ids):
        lines = both if n % 2 else both[::-1]
        service.put_order(order_id, "placed", datetime.now(UTC), ORDER | {"lines": lines})
    ends = Counter(end_of(service, order_id) for order_id in ids)
    assert ends == {FULFILLED: 4, NOT_FULFILLED: wanted - 4}
    assert (service.available(few), service.available(many)) == (0, 100 - 4)


# --- approval -------------------------------------------------------------------------------------


def test_a_large_order_goes_on_when_it_is_approved(service: Service) -> None:
    order_id = place(service, large=True)
    service.become(order_id, "awaiting_approval")
    assert decide(service, order_id, approved=True) == 202
    assert end_of(service, order_id) == FULFILLED
    assert service.effects(order_id) == ("fulfilled", "charged", "reserved")


def test_a_large_order_that_is_refused_is_undone(service: Service) -> None:
    order_id = place(service, large=True)
    service.become(order_id, "awaiting_approval")
    assert decide(service, order_id, approved=False) == 202
    assert end_of(service, order_id) == NOT_FULFILLED
    assert reason_of(service, order_id) == "approval_refused"
    assert service.effects(order_id) == ("failed", "refunded", "released")
    assert service.available(order_id) == STOCKED


@pytest.mark.parametrize("first", [True, False], ids=["approved", "refused"])
def test_a_second_answer_is_a_conflict_and_changes_nothing(
    service: Service, *, first: bool
) -> None:
    order_id = place(service, large=True)
    service.become(order_id, "awaiting_approval")
    assert decide(service, order_id, approved=first) == 202
    assert decide(service, order_id, approved=not first) == 409
    assert end_of(service, order_id) == (FULFILLED if first else NOT_FULFILLED)
    assert decide(service, order_id, approved=not first) == 409


def test_of_many_answers_at_once_one_counts(service: Service) -> None:
    order_id = place(service, large=True)
    service.become(order_id, "awaiting_approval")
    door = service.door("http", service.manager, connections=8)
    with ThreadPoolExecutor(8) as pool:
        statuses = Counter(
            pool.map(
                lambda n: (
                    door.post_json(f"/orders/{order_id}/approval", {"approved": n % 2 == 0}).status
                ),
                range(8),
            )
        )
    assert statuses == {202: 1, 409: 7}
    assert end_of(service, order_id) in {FULFILLED, NOT_FULFILLED}


def test_a_large_order_that_is_cancelled_while_it_waits_is_undone(service: Service) -> None:
    order_id = place(service, large=True)
    service.become(order_id, "awaiting_approval")
    cancelled = service.door("url", service.caller).request("POST", f"/orders/{order_id}/cancel")
    assert cancelled.status == 200
    assert decide(service, order_id, approved=True) == 409
    assert end_of(service, order_id) == NOT_FULFILLED
    assert reason_of(service, order_id) == "cancelled"
    assert service.effects(order_id) == ("cancelled", "refunded", "released")
    assert service.available(order_id) == STOCKED


@contextmanager
def approval_within(service: Service, seconds: int) -> Iterator[None]:
    """Let executions that begin now wait so long for their approval; it is minutes otherwise."""
    states, arn = service.server.client("stepfunctions"), service.outputs["workflow"]["arn"]
    kept = states.describe_state_machine(stateMachineArn=arn)["definition"]
    hurried = json.loads(kept)
    assert hurried["States"]["RequestApproval"]["TimeoutSeconds"] == 600
    hurried["States"]["RequestApproval"]["TimeoutSeconds"] = seconds
    states.update_state_machine(stateMachineArn=arn, definition=json.dumps(hurried))
    try:
        yield
    finally:
        states.update_state_machine(stateMachineArn=arn, definition=kept)


def test_a_large_order_that_nobody_approves_in_time_is_undone(service: Service) -> None:
    with approval_within(service, 1):
        order_id = place(service, large=True)
        service.become(order_id, "awaiting_approval")
    assert end_of(service, order_id) == NOT_FULFILLED
    assert reason_of(service, order_id) == "approval_timeout"
    assert service.effects(order_id) == ("failed", "refunded", "released")
    assert service.available(order_id) == STOCKED
    assert decide(service, order_id, approved=True) == 409


# --- each task fails in turn ----------------------------------------------------------------------


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    """One of the cases."""
    found: Case = request.param
    return found


def test_a_task_that_fails_leaves_an_order_fulfilled_once_or_undone(
    service: Service, failing: Mapping[str, str], case: Case
) -> None:
    order_id = failing[case.name]
    status, states = service.executed(order_id, seconds=90)
    assert (status, states[-1]) == case.end
    assert service.effects(order_id) == (case.status, case.payment, case.stock)
    held = PIECES if case.stock == "reserved" else 0
    assert service.available(order_id) == STOCKED - held
    assert [state for state in states if state in COMPENSATION] == list(case.undone)
    item = service.item("orders", order_id)
    assert item is not None
    assert len(item.get("shipped_lines", {"NS": []})["NS"]) == case.shipped
    if case.status == "fulfilled":
        # Each change of its status was made once.
        assert int(item["version"]["N"]) == (5 if case.large else 3)
