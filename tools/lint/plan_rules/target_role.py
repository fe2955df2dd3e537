"""The role of a schedule or a rule may do what it is there for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.policies import permissions
from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan, Resource


_ACTIONS = {
    "aws_kinesis_stream": "kinesis:PutRecord",
    "aws_lambda_alias": "lambda:InvokeFunction",
    "aws_lambda_function": "lambda:InvokeFunction",
    "aws_sfn_state_machine": "states:StartExecution",
    "aws_sns_topic": "sns:Publish",
    "aws_sqs_queue": "sqs:SendMessage",
}
_SERVICES = {
    ":lambda:": "lambda:InvokeFunction",
    ":sns:": "sns:Publish",
    ":sqs:": "sqs:SendMessage",
    ":stateMachine:": "states:StartExecution",
}
_Path = tuple[str | int, ...]


@plan_rule(
    id="target-role",
    why="EventBridge takes the target, and each delivery is refused.",
    severity="error",
    source="https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html",
)
def target_role(plan: Plan) -> Iterator[Broken]:
    """Find schedules, targets of rules and pipes whose role lacks the action on the target."""
    for one in plan.of("aws_scheduler_schedule"):
        yield from _refused(plan, one, ("target", 0, "arn"), ("target", 0, "role_arn"))
    for one in plan.of("aws_cloudwatch_event_target"):
        if one.says("role_arn"):
            yield from _refused(plan, one, ("arn",), ("role_arn",))
        elif ":stateMachine:" in one.text("arn"):
            fix = "set role_arn to a role that may do states:StartExecution on it"
            yield Broken(one, "a state machine is started by a role, and there is none", fix)


def _refused(plan: Plan, one: Resource, target: _Path, by: _Path) -> Iterator[Broken]:
    for role in plan.named(one, *by):
        may = permissions(plan, role)
        arn = one.text(*target)
        action = next((act for part, act in _SERVICES.items() if part in arn), None)
        if action and not plan.named(one, *target) and not may.allows(action, None, arn):
            message = f"{role.text('name') or role.address} may not {action} {arn}"
            yield Broken(one, message, f"let a statement of the role allow {action} on it")
        for to in plan.named(one, *target):
            action = _ACTIONS.get(to.type)
            if action and not may.allows(action, to, one.text(*target)):
                message = f"{role.text('name') or role.address} may not {action} {to.address}"
                fix = f"let a statement of the role allow {action} on its ARN"
                yield Broken(one, message, fix)
