"""What a schedule or a rule cannot deliver is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan, Resource


@plan_rule(
    id="target-dead-letter",
    why="After the last retry EventBridge drops the event, and nothing says so.",
    severity="error",
    source="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html",
)
def target_dead_letter(plan: Plan) -> Iterator[Broken]:
    """Find schedules and targets of rules without a dead-letter queue or a retry policy."""
    for one in plan.of("aws_scheduler_schedule"):
        yield from _missing(one, "target", 0)
    for one in plan.of("aws_cloudwatch_event_target"):
        if ":event-bus/" not in one.text("arn") and ":log-group:" not in one.text("arn"):
            yield from _missing(one)


def _missing(one: Resource, *path: str | int) -> Iterator[Broken]:
    if not one.says(*path, "dead_letter_config"):
        yield Broken(one, "it has no dead-letter queue", "add dead_letter_config with a queue")
    if not one.says(*path, "retry_policy"):
        message = "it retries for 24 hours, as nobody said otherwise"
        yield Broken(one, message, "add retry_policy with an age and attempts")
