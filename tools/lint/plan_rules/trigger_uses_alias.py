"""A trigger invokes an alias where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule
from tools.lint.triggers import triggers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Function, Plan, Resource


@plan_rule(
    id="trigger-uses-alias",
    why="What invokes $LATEST changes with each update: no rollback and no canary.",
    severity="error",
    source="https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html",
)
def trigger_uses_alias(plan: Plan) -> Iterator[Broken]:
    """Find triggers and mappings of $LATEST of a function that has an alias."""
    aliased = {
        called.name
        for alias in plan.of("aws_lambda_alias")
        for called in plan.functions(alias, "function_name")
    }
    for resource, called in _calls(plan):
        if called.name in aliased and called.qualifier in {None, "$LATEST"}:
            message = f"it invokes $LATEST of {called.name}, which has an alias"
            yield Broken(resource, message, "use the ARN of the alias, or its name as qualifier")


def _calls(plan: Plan) -> Iterator[tuple[Resource, Function]]:
    for trigger in triggers(plan):
        yield trigger.resource, trigger.function
    for kind, *path in (
        ("aws_lambda_event_source_mapping", "function_name"),
        ("aws_lambda_function_url", "function_name"),
        ("aws_lambda_permission", "function_name"),
    ):
        for one in plan.of(kind):
            yield from ((one, called) for called in plan.qualified(one, *path))
    for one in plan.of("aws_scheduler_schedule"):
        known = one.text("target", 0, "arn")
        if not known or ":lambda:" in known:
            yield from ((one, called) for called in plan.functions(one, "target", 0, "arn"))
