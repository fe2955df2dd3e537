"""Every trigger may invoke its function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule
from tools.lint.triggers import permission_for, triggers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


@plan_rule(
    id="trigger-permission",
    why="AWS makes the trigger and then refuses each call: events are lost without an error here.",
    severity="error",
    source="https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html",
)
def trigger_permission(plan: Plan) -> Iterator[Broken]:
    """Find triggers without a permission on the function and alias that they invoke."""
    for trigger in triggers(plan):
        if trigger.function.resource and not permission_for(plan, trigger):
            on = f" on alias {trigger.function.qualifier}" if trigger.function.qualifier else ""
            message = f"{trigger.service} may not {trigger.action} {trigger.function.name}{on}"
            fix = f"add an aws_lambda_permission for {trigger.service} with its source_arn{on}"
            yield Broken(trigger.resource, message, fix)
