"""A function may write to its log group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.policies import permissions
from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


_ACTIONS = ("logs:CreateLogStream", "logs:PutLogEvents")


@plan_rule(
    id="function-may-log",
    why="Without the actions every line that it logs is lost, and nothing says so.",
    severity="error",
    source="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html",
)
def function_may_log(plan: Plan) -> Iterator[Broken]:
    """Find functions whose role may not write logs."""
    for function in plan.of("aws_lambda_function"):
        for role in plan.sole(function, "role"):
            may = permissions(plan, role)
            lacking = [one for one in _ACTIONS if not may.allows(one, None)]
            if lacking:
                message = f"its role may not {', '.join(lacking)}"
                yield Broken(function, message, "allow them on the ARN of its log group")
