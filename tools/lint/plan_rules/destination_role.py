"""A function may send to where its failures go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.policies import permissions
from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


_ACTIONS = {"aws_sns_topic": "sns:Publish", "aws_sqs_queue": "sqs:SendMessage"}
_PLACES: tuple[tuple[str | int, ...], ...] = (
    ("aws_lambda_function", "dead_letter_config", 0, "target_arn"),
    ("aws_lambda_function_event_invoke_config", "destination_config", 0, "on_failure", 0,
     "destination"),
    ("aws_lambda_event_source_mapping", "destination_config", 0, "on_failure", 0,
     "destination_arn"),
)  # fmt: skip


@plan_rule(
    id="destination-role",
    why="Lambda sends as the function's role: without the action the failed event is lost.",
    severity="error",
    source="https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html",
)
def destination_role(plan: Plan) -> Iterator[Broken]:
    """Find failure destinations and dead-letter queues that the function's role may not send to."""
    for kind, *path in _PLACES:
        for one in plan.of(str(kind)):
            own = (
                [(one, one)]
                if one.type == "aws_lambda_function"
                else [
                    (one, called.resource)
                    for called in plan.called(one, "function_name")
                    if called.resource
                ]
            )
            for resource, function in own:
                for role in plan.sole(function, "role"):
                    for to in plan.sole(resource, *path):
                        action = _ACTIONS.get(to.type)
                        may = permissions(plan, role)
                        if action and not may.allows(action, to, resource.text(*path)):
                            message = f"the role of the function may not {action} {to.address}"
                            yield Broken(resource, message, f"allow {action} on its ARN")
