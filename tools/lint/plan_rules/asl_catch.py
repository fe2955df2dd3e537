"""What is caught does not end as a success."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint import asl
from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


@plan_rule(
    id="asl-catch",
    why="A Catch of everything that leads to a success hides every failure from alarms and people.",
    severity="error",
    source="https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html",
)
def asl_catch(plan: Plan) -> Iterator[Broken]:
    """Find catches of all errors that lead straight to a Succeed, or to a Pass that ends."""
    for machine in plan.of("aws_sfn_state_machine"):
        for graph in asl.known_graphs(plan.known(machine, "definition"))[:1]:
            for name, state in graph["States"].items():
                for catch in state.get("Catch", []):
                    target = graph["States"].get(catch.get("Next"), {})
                    ends = target.get("Type") == "Succeed" or (
                        target.get("Type") == "Pass" and target.get("End")
                    )
                    if ends and "States.ALL" in catch.get("ErrorEquals", []):
                        to = catch["Next"]
                        message = f'"{name}" catches all, and goes to "{to}", which succeeds'
                        yield Broken(machine, message, "end in a Fail, or catch errors by name")
