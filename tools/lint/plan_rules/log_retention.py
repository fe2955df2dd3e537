"""Logs end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


@plan_rule(
    id="log-retention",
    why="Without retention logs are kept, and billed, for ever.",
    severity="warning",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
)
def log_retention(plan: Plan) -> Iterator[Broken]:
    """Find log groups without retention."""
    for group in plan.of("aws_cloudwatch_log_group"):
        if not group.says("retention_in_days"):
            yield Broken(group, "it keeps its logs for ever", "set retention_in_days")
