"""Every permission has its trigger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule
from tools.lint.triggers import lets_in, triggers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan, Resource


_TRIGGERS = (
    ("aws_api_gateway_integration", "uri"),
    ("aws_apigatewayv2_integration", "integration_uri"),
    ("aws_cloudwatch_event_target", "arn"),
    ("aws_sns_topic_subscription", "endpoint"),
)
_SERVICES = {"apigateway.amazonaws.com", "cognito-idp.amazonaws.com", "events.amazonaws.com",
             "iot.amazonaws.com", "s3.amazonaws.com", "sns.amazonaws.com"}  # fmt: skip


@plan_rule(
    id="unused-permission",
    why="What may invoke a function without a trigger is a door that nobody watches.",
    severity="error",
    source="https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html",
)
def unused_permission(plan: Plan) -> Iterator[Broken]:
    """Find permissions of services for resources of the plan that do not invoke the function."""
    found = triggers(plan)
    unknown = any(not plan.functions(one, key) for kind, key in _TRIGGERS for one in plan.of(kind))
    for one in plan.of("aws_lambda_permission"):
        service = one.text("principal")
        used = any(lets_in(plan, one, trigger) for trigger in found)
        if service == "scheduler.amazonaws.com":
            message = "EventBridge Scheduler invokes by its role, and asks no permission"
            yield Broken(one, message, "remove it, and let the role of the schedule invoke it")
        elif not used and not unknown and service in _SERVICES and _own(plan, one):
            message = f"nothing of {service} invokes the function by it"
            yield Broken(one, message, "remove it, or point the trigger to its function and alias")


def _own(plan: Plan, permission: Resource) -> bool:
    """Whether SourceArn is of a resource in this plan: elsewhere its trigger may be."""
    return bool(plan.named(permission, "source_arn"))
