"""A message is tried more than once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


@plan_rule(
    id="queue-max-receive",
    why="One throttled or timed-out invocation sends a good message to the dead-letter queue.",
    severity="warning",
    source="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
)
def queue_max_receive(plan: Plan) -> Iterator[Broken]:
    """Find redrive policies that give up after the first receive."""
    for queue in plan.of("aws_sqs_queue", "aws_sqs_queue_redrive_policy"):
        match = re.search(r'"maxReceiveCount":\s*"?(\d+)', queue.text("redrive_policy"))
        # The ARN in it makes the text unknown, though the count beside it is written.
        given = match[1] if match else plan.item(queue, "redrive_policy", "maxReceiveCount")
        if given is None and not queue.text("redrive_policy") and queue.says("redrive_policy"):
            plan.note(queue, "redrive_policy")
        if given is not None and int(given) < 2:
            message = f"maxReceiveCount is {given}"
            yield Broken(queue, message, "set it to 5 or more, as AWS advises for functions")
