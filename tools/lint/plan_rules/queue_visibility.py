"""A queue hides a message for as long as its function may need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


@plan_rule(
    id="queue-visibility",
    why="A message that turns visible while it is being worked on is worked on twice.",
    severity="error",
    source="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
)
def queue_visibility(plan: Plan) -> Iterator[Broken]:
    """Find queues whose visibility timeout is below six times the timeout of their function."""
    for mapping in plan.of("aws_lambda_event_source_mapping"):
        queues = plan.sole(mapping, "event_source_arn", kind="aws_sqs_queue")
        for called in plan.called(mapping, "function_name"):
            timeout = (called.resource.get("timeout") or 3) if called.resource else 0
            for queue in queues:
                hidden = queue.get("visibility_timeout_seconds")
                hidden = 30 if hidden is None else hidden
                if hidden < 6 * timeout:
                    message = f"hidden for {hidden} s, and its function may take {timeout} s"
                    fix = f"set visibility_timeout_seconds to at least {6 * timeout}"
                    yield Broken(queue, message, fix)
