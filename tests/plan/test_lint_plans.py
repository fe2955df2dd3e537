"""The plans that lint rules are tested on are those of their twins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.lint import plans

if TYPE_CHECKING:
    from tests.plan.workspace import Workspace


def test_the_plans_of_the_lint_twins_are_fresh(space: Workspace) -> None:
    made = plans.make(space, plans.planned())
    stale = [
        plans.name(root)
        for root, plan in made.items()
        if (root / "plan.json").read_text() != plans.text(plan)
    ]
    assert not stale, "run python -m tests.lint.plans"
