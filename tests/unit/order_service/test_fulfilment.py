"""The state machine of fulfilment, walked: every path ends, and undoes what it did in order.

What a plan refuses (states that are missing, unreachable or without retry) is not looked for again;
see the module workflow.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from tools.paths import MODULES, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    State = dict[str, Any]

VALUES = {"timeout": "172800", "approval_timeout": "86400", "approval_threshold": "100000"}
LAMBDA_ERRORS = {
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
}
COMPENSATIONS = ("Recall", "Refund", "Release")


@cache
def machine() -> State:
    text = (MODULES / "order_service" / "fulfilment.asl.json").read_text()
    filled: State = json.loads(
        re.sub(r"\$\{([\w.]+)\}", lambda name: VALUES.get(name[1], name[1]), text)
    )
    return filled


def inner(state: State) -> list[State]:
    return [
        *state.get("Branches", []),
        *([state["ItemProcessor"]] if "ItemProcessor" in state else []),
    ]


def every_state(within: State, caught: bool = False) -> Iterator[tuple[str, State, bool]]:
    """Yield each state, and whether one around it catches what it does not."""
    for name, state in within["States"].items():
        yield name, state, caught
        for part in inner(state):
            yield from every_state(part, caught or "Catch" in state)


STATES = {name: (state, caught) for name, state, caught in every_state(machine())}
TASKS = {name: state for name, (state, _) in STATES.items() if state["Type"] == "Task"}


def followers(state: State) -> set[str]:
    return {
        step["Next"]
        for step in [state, *state.get("Choices", []), *state.get("Catch", [])]
        if "Next" in step
    } | ({state["Default"]} if "Default" in state else set())


def paths(name: str, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield every path from a state to an end."""
    assert name not in before, f"a loop: {before} to {name}"
    state = machine()["States"][name]
    here = (*before, name)
    if state["Type"] in {"Succeed", "Fail"}:
        yield here
    for following in sorted(followers(state)):
        yield from paths(following, here)


PATHS = list(paths(machine()["StartAt"]))
WITHOUT_AN_ORDER = {"NothingToDo", "UnknownOrder"}


def test_every_end_is_reached() -> None:
    assert {path[-1] for path in PATHS} == {
        "Failed", "Fulfilled", "NotFulfilled", "NotUndone", "NothingToDo", "UnknownOrder",
        "Unsettled",
    }  # fmt: skip


def settled_last(path: tuple[str, ...]) -> bool:
    settles = [step for step in path if step.startswith("Settle")]
    if path[-1] in WITHOUT_AN_ORDER:
        return not settles
    return len(settles) == 1 and path[path.index(settles[0]) + 1 : -1] in {(), ("HowDidItEnd",)}


def undone_in_order(path: tuple[str, ...]) -> bool:
    undone = [step for step in path if step in COMPENSATIONS]
    return undone == sorted(undone, key=COMPENSATIONS.index)


def recalled_if_shipping_failed(path: tuple[str, ...]) -> bool:
    shipped = "ShipLines" in path and path[path.index("ShipLines") + 1] != "SettleFulfilled"
    return ("Recall" in path) == shipped


def nothing_undone_unless_begun(path: tuple[str, ...]) -> bool:
    return "ReserveAndCharge" in path or not set(COMPENSATIONS) & set(path)


@pytest.mark.parametrize(
    "rule",
    [settled_last, undone_in_order, recalled_if_shipping_failed, nothing_undone_unless_begun],
)
def test_on_every_path_it_is(rule: Callable[[tuple[str, ...]], bool]) -> None:
    assert [path for path in PATHS if not rule(path)] == []


@pytest.mark.parametrize(
    ("choice", "field", "to"),
    [("WasCharged", "$.done.payment", "Refund"), ("WasReserved", "$.done.stock", "Release")],
)
def test_only_what_was_done_or_may_have_been_is_undone(choice: str, field: str, to: str) -> None:
    [rule] = STATES[choice][0]["Choices"]
    tested = {(r["Variable"], r["StringEquals"]) for r in rule["Or"]}
    assert (tested, rule["Next"]) == ({(field, "done"), (field, "unclear")}, to)


def test_a_branch_never_fails_so_that_none_is_stopped_half_way() -> None:
    for branch in STATES["ReserveAndCharge"][0]["Branches"]:
        tasks = [state for state in branch["States"].values() if state["Type"] == "Task"]
        assert [task["Catch"][-1]["ErrorEquals"] for task in tasks] == [["States.ALL"]]
        others = {s["Type"] for s in branch["States"].values() if s["Type"] != "Task"}
        assert others == {"Pass"}


@pytest.mark.parametrize("name", TASKS)
def test_every_task_is_caught_whatever_it_fails_with(name: str) -> None:
    state, caught = STATES[name]
    own = [names for catcher in state.get("Catch", []) for names in catcher["ErrorEquals"]]
    assert caught or own[-1] == "States.ALL"


@pytest.mark.parametrize("name", TASKS)
def test_every_task_is_tried_again_with_growing_and_scattered_delays(name: str) -> None:
    retriers = [r for r in TASKS[name]["Retry"] if r.get("MaxAttempts") != 0]
    assert set(retriers[0]["ErrorEquals"]) >= LAMBDA_ERRORS
    for retrier in retriers:
        assert (retrier["BackoffRate"], retrier["JitterStrategy"]) == (2, "FULL")
        assert retrier["MaxDelaySeconds"] > retrier["IntervalSeconds"]


@pytest.mark.parametrize("name", TASKS)
def test_an_answer_of_a_function_is_not_asked_for_again(name: str) -> None:
    task = TASKS[name]
    answers = {
        error
        for catcher in task.get("Catch", [])
        for error in catcher["ErrorEquals"]
        if not error.startswith("States.")
    }
    never = {e for r in task["Retry"] if r.get("MaxAttempts") == 0 for e in r["ErrorEquals"]}
    assert answers <= never


@pytest.mark.parametrize("name", TASKS)
def test_every_error_that_is_named_is_a_class_of_the_function(name: str) -> None:
    task = TASKS[name]
    named = {
        error
        for rule in [*task["Retry"], *task.get("Catch", [])]
        for error in rule["ErrorEquals"]
        if not error.startswith(("States.", "Lambda."))
    }
    package = task["Parameters"]["FunctionName"].removeprefix("functions.")
    sources = [ROOT / "functions" / package / "app.py"]
    if package == "fulfilment":
        sources += [ROOT / "shared" / f"{n}.py" for n in ("order", "order_table", "approvals")]
    text = "\n".join(source.read_text() for source in sources)
    told = set(re.findall(r'^class (\w+Error)\(|^[A-Z]+ = "(\w+Error)"', text, re.MULTILINE))
    assert named <= {word for pair in told for word in pair}


def test_every_task_that_a_function_knows_is_used() -> None:
    asked = [task["Parameters"] for task in TASKS.values()]
    used = {(asks["FunctionName"], asks["Payload"]["task"]) for asks in asked}
    known = {
        (f"functions.{package}", tag)
        for package in ("fulfilment", "stock", "payments")
        for tag in re.findall(r'tag="(\w+)"', (ROOT / "functions" / package / "app.py").read_text())
    }
    assert used == known


def test_the_approval_ends_by_itself() -> None:
    approval = TASKS["RequestApproval"]
    assert approval["Resource"].endswith(":lambda:invoke.waitForTaskToken")
    assert approval["TimeoutSeconds"] == 86400
    [late] = [c for c in approval["Catch"] if c["ErrorEquals"] == ["States.Timeout"]]
    assert late["Next"] == "NotApproved"
