"""A state machine may invoke its functions, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint import asl
from tools.lint.policies import Permissions, matches, permissions
from tools.lint.rule import Broken, plan_rule
from tools.lint.triggers import INVOKE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


@plan_rule(
    id="state-machine-role",
    why="The task fails with AccessDenied in the middle of an execution.",
    severity="error",
    source="https://docs.aws.amazon.com/step-functions/latest/dg/lambda-iam.html",
)
def state_machine_role(plan: Plan) -> Iterator[Broken]:
    """Find functions of definitions that the machine's role may not invoke, and the reverse."""
    for machine in plan.of("aws_sfn_state_machine"):
        called = [arn for _, state in asl.states(plan.known(machine, "definition"))
                  for arn in asl.functions(state)]  # fmt: skip
        for role in plan.sole(machine, "role_arn"):
            may = permissions(plan, role)
            for arn in sorted(set(called)):
                to = plan.function_named(arn)
                reach = to.resource if to and not to.qualifier else None
                if not may.allows(INVOKE, reach, arn):
                    message = f"its role may not {INVOKE} {arn}"
                    yield Broken(machine, message, f"allow {INVOKE} on just that ARN")
            for arn in _idle(may, called) if called else ():
                message = f"its role may {INVOKE} {arn}, which no state does"
                yield Broken(machine, message, "take it out of the role")


def _idle(may: Permissions, called: list[str]) -> list[str]:
    return [
        arn
        for one in may.statements
        if one.allow and one.does(INVOKE)
        for arn in one.resources
        if ":function:" in arn and not any(_is_for(arn, used) for used in called)
    ]


def _is_for(arn: str, used: str) -> bool:
    """Whether a role's ARN is for a function, whichever version: AWS advises ARN and ``ARN:*``."""
    function = ":".join(used.split(":")[:7])
    return any(matches(arn, one) for one in (used, function, f"{function}:$LATEST"))
