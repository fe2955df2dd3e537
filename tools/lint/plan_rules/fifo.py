"""What is first in first out is so from end to end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


_QUEUE = "aws_sqs_queue"


@plan_rule(
    id="fifo",
    why="AWS refuses a FIFO queue with a standard partner, name or batching window.",
    severity="error",
    source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html",
)
def fifo(plan: Plan) -> Iterator[Broken]:
    """Find FIFO queues and topics whose name, partner or batch is of the other kind."""
    for one in plan.of("aws_sqs_queue", "aws_sns_topic"):
        fifo, named = bool(one.get("fifo_queue") or one.get("fifo_topic")), one.text("name")
        if named and fifo != named.endswith(".fifo"):
            message = f'it is {"" if fifo else "not "}FIFO, and its name is "{named}"'
            yield Broken(one, message, "end the names of FIFO ones, and no other, in .fifo")
    for queue in plan.of("aws_sqs_queue"):
        known = re.search(r'"deadLetterTargetArn":\s*"([^"]+)"', queue.text("redrive_policy"))
        dead = [
            bool(one.get("fifo_queue")) for one in plan.sole(queue, "redrive_policy", kind=_QUEUE)
        ]
        if known:
            dead = [known[1].endswith(".fifo")]
        if dead and dead != [bool(queue.get("fifo_queue"))]:
            message = "its dead-letter queue is of the other kind"
            yield Broken(queue, message, "let both be FIFO, or neither")
    for subscription in plan.of("aws_sns_topic_subscription"):
        topics = plan.sole(subscription, "topic_arn", kind="aws_sns_topic")
        queues = plan.sole(subscription, "endpoint", kind=_QUEUE)
        standard = bool(topics) and not any(topic.get("fifo_topic") for topic in topics)
        if standard and any(queue.get("fifo_queue") for queue in queues):
            message = "a standard topic cannot send to a FIFO queue"
            yield Broken(subscription, message, "make both FIFO, or neither")
    yield from _mappings(plan)


def _mappings(plan: Plan) -> Iterator[Broken]:
    for mapping in plan.of("aws_lambda_event_source_mapping"):
        for queue in plan.sole(mapping, "event_source_arn", kind=_QUEUE):
            if not queue.get("fifo_queue"):
                continue
            if mapping.get("maximum_batching_window_in_seconds"):
                message = "a FIFO queue takes no batching window"
                yield Broken(mapping, message, "leave maximum_batching_window_in_seconds out")
            if (mapping.get("batch_size") or 10) > 10:
                message = f"batch_size is {mapping.get('batch_size')}, and FIFO takes 10 at most"
                yield Broken(mapping, message, "set batch_size to 10 or less")
