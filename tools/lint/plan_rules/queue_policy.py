"""A queue lets in what sends to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.policies import policy_texts, statements
from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan, Resource


@plan_rule(
    id="queue-policy",
    why="SNS, S3 and EventBridge send without a role: without a policy each message is refused.",
    severity="error",
    source="https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html",
)
def queue_policy(plan: Plan) -> Iterator[Broken]:
    """Find subscriptions, rules and notifications whose queue does not let the service in."""
    for one, service, path in _senders(plan):
        for queue in plan.sole(one, *path):
            if queue.type == "aws_sqs_queue" and not _lets_in(plan, queue, service):
                message = f"{queue.address} does not let {service} send to it"
                fix = "allow sqs:SendMessage in its policy, with aws:SourceArn"
                yield Broken(one, message, fix)


def _senders(plan: Plan) -> Iterator[tuple[Resource, str, tuple[str | int, ...]]]:
    for one in plan.of("aws_sns_topic_subscription"):
        if one.get("protocol") == "sqs":
            yield one, "sns.amazonaws.com", ("endpoint",)
    for one in plan.of("aws_cloudwatch_event_target"):
        if not one.says("role_arn"):
            yield one, "events.amazonaws.com", ("arn",)
        yield one, "events.amazonaws.com", ("dead_letter_config", 0, "arn")
    for one in plan.of("aws_s3_bucket_notification"):
        for position in range(len(one.parts("queue"))):
            yield one, "s3.amazonaws.com", ("queue", position, "queue_arn")


def _lets_in(plan: Plan, queue: Resource, service: str) -> bool:
    for _, text in policy_texts(plan, queue):
        if text is None:
            plan.note(queue, "policy")
            return True
        for one in statements(text):
            if one.allow and one.does("sqs:SendMessage") and one.admits(service):
                return True
    return False
