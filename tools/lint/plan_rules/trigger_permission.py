"""Every trigger may invoke its function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule
from tools.lint.triggers import alternatives, permission_for

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
    for meant in alternatives(plan):
        trigger = meant[0]
        if any(not one.function.resource or permission_for(plan, one) for one in meant):
            continue
        if len({one.function.name for one in meant}) > 1:
            plan.note(trigger.resource, trigger.place)
        on = f" on alias {trigger.function.qualifier}" if trigger.function.qualifier else ""
        route = f" for {trigger.route}" if trigger.route else ""
        message = f"{trigger.service} may not {trigger.action} {trigger.function.name}{on}{route}"
        fix = f"add an aws_lambda_permission for {trigger.service} with its source_arn{on}"
        yield Broken(trigger.resource, message, fix)
