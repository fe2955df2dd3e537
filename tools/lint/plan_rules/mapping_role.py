"""A function may read what it is mapped to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.policies import permissions
from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


_ACTIONS = {
    "aws_dynamodb_table": ("dynamodb:GetRecords", "dynamodb:GetShardIterator",
                           "dynamodb:DescribeStream"),
    "aws_kinesis_stream": ("kinesis:GetRecords", "kinesis:GetShardIterator"),
    "aws_sqs_queue": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
}  # fmt: skip


@plan_rule(
    id="mapping-role",
    why="Lambda polls as the function's role: without the actions nothing is ever read.",
    severity="error",
    source="https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html",
)
def mapping_role(plan: Plan) -> Iterator[Broken]:
    """Find mappings whose function's role lacks the actions on the source."""
    for mapping in plan.of("aws_lambda_event_source_mapping"):
        arn = mapping.text("event_source_arn")
        for called in plan.called(mapping, "function_name"):
            roles = plan.sole(called.resource, "role") if called.resource else []
            for source in plan.sole(mapping, "event_source_arn"):
                wanted = _ACTIONS.get(source.type, ())
                for role in roles:
                    may = permissions(plan, role)
                    lacking = [one for one in wanted if not may.allows(one, source, arn)]
                    if lacking:
                        message = f"the role of {called.name} may not {', '.join(lacking)}"
                        fix = f"allow them on the ARN of {source.address}"
                        yield Broken(mapping, message, fix)
