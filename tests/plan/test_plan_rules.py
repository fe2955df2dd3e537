"""The plans of all environments and README examples break no lint rule."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.plan import linted
from tools.lint.check import Planned, check

if TYPE_CHECKING:
    from tools.terraform.core import Core

# Examples that show how to switch the dead-letter queue off.
SHOWN = {("event_rule", "target-dead-letter"), ("schedule", "target-dead-letter")}


@pytest.mark.parametrize("environment", linted.ENVIRONMENTS)
def test_the_plan_of_an_environment_breaks_no_rule(
    request: pytest.FixtureRequest, core: Core, environment: str
) -> None:
    # Made only when something is to be planned.
    plan = linted.environment(environment, core, lambda: request.getfixturevalue("space"))
    found = check([], [Planned(plan.file, plan.root)])
    assert (found.findings, found.unchecked) == ([], [])


def test_the_plans_of_the_examples_break_no_rule_but_those_that_they_show(
    request: pytest.FixtureRequest, core: Core
) -> None:
    found: set[tuple[str, str]] = set()
    for plan in linted.examples(core, lambda: request.getfixturevalue("space")):
        result = check([], [Planned(plan.file, plan.root)])
        assert not result.unchecked
        found |= {(finding.path.parent.name, finding.rule) for finding in result.findings}
    assert found == SHOWN


def test_every_example_that_plans_is_linted(request: pytest.FixtureRequest, core: Core) -> None:
    plans = linted.examples(core, lambda: request.getfixturevalue("space"))
    assert {plan.name for plan in plans} == {one.folder for one in linted.EXAMPLES}
    # A plan in which nothing is planned would break no rule either.
    whole = {plan.name: json.loads(plan.file.read_text())["planned_values"] for plan in plans}
    assert [name for name, values in whole.items() if not values["root_module"]] == []
