"""A function's log group is there before the function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


@plan_rule(
    id="function-log-group",
    why="Lambda makes a missing log group itself: outside Terraform, and it keeps logs for ever.",
    severity="warning",
    source="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html",
)
def function_log_group(plan: Plan) -> Iterator[Broken]:
    """Find functions whose log group is not in the plan."""
    groups = {group.text("name") for group in plan.of("aws_cloudwatch_log_group")}
    unknown = any(not one.text("name") for one in plan.of("aws_cloudwatch_log_group"))
    for function in plan.of("aws_lambda_function"):
        logging = (function.parts("logging_config") or [{}])[0]
        wanted = logging.get("log_group") or f"/aws/lambda/{function.text('function_name')}"
        edge = f"/aws/lambda/us-east-1.{function.text('function_name')}"
        given = function.says("logging_config", 0, "log_group") and not logging.get("log_group")
        if not unknown and not given and not {wanted, edge} & groups:
            message = f"no aws_cloudwatch_log_group is {wanted}"
            yield Broken(function, message, "add it, with retention_in_days")
