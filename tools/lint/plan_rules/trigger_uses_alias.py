"""A trigger invokes an alias where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule
from tools.lint.triggers import alternatives

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
    for resource, meant in _calls(plan):
        latest = [one.name in aliased and one.qualifier in {None, "$LATEST"} for one in meant]
        if any(latest) and not all(latest):
            plan.note(resource)
        elif any(latest):
            called = meant[0]
            message = f"it invokes $LATEST of {called.name}, which has an alias"
            yield Broken(resource, message, "use the ARN of the alias, or its name as qualifier")


def _calls(plan: Plan) -> Iterator[tuple[Resource, list[Function]]]:
    for meant in alternatives(plan):
        yield meant[0].resource, [one.function for one in meant]
    for kind, *path in (
        ("aws_lambda_event_source_mapping", "function_name"),
        ("aws_lambda_function_url", "function_name"),
        ("aws_lambda_permission", "function_name"),
    ):
        for one in plan.of(kind):
            yield one, plan.qualified(one, *path)
    for one in plan.of("aws_scheduler_schedule"):
        known = one.text("target", 0, "arn")
        if not known or ":lambda:" in known:
            yield one, plan.functions(one, "target", 0, "arn")
