"""What a topic cannot deliver is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


@plan_rule(
    id="subscription-dead-letter",
    why="SNS drops a message after its retries, and nothing says so.",
    severity="warning",
    source="https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html",
)
def subscription_dead_letter(plan: Plan) -> Iterator[Broken]:
    """Find subscriptions of queues, functions and endpoints without a redrive policy."""
    for one in plan.of("aws_sns_topic_subscription"):
        people = one.get("protocol") in {"email", "email-json", "sms", "application"}
        if not people and not one.says("redrive_policy"):
            message = "it has no dead-letter queue"
            yield Broken(one, message, "set redrive_policy with deadLetterTargetArn")
