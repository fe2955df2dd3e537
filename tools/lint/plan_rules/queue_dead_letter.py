"""A queue that a function reads has a dead-letter queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


@plan_rule(
    id="queue-dead-letter",
    why="A message that always fails comes back until it expires, and is then lost.",
    severity="error",
    source="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
)
def queue_dead_letter(plan: Plan) -> Iterator[Broken]:
    """Find queues that a function reads and that have no redrive policy."""
    for mapping in plan.of("aws_lambda_event_source_mapping"):
        for queue in plan.sole(mapping, "event_source_arn", kind="aws_sqs_queue"):
            apart = any(
                queue in plan.named(policy, "queue_url")
                for policy in plan.of("aws_sqs_queue_redrive_policy")
            )
            if not queue.says("redrive_policy") and not apart:
                yield Broken(queue, "it has no redrive policy", "add one with a dead-letter queue")
