"""A service is let in to a queue, a topic or a bucket for one resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.policies import SOURCES, written_policies
from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


_KINDS = {"aws_sqs_queue", "aws_sqs_queue_policy", "aws_sns_topic", "aws_sns_topic_policy",
          "aws_s3_bucket_policy", "aws_cloudwatch_event_bus_policy"}  # fmt: skip
# These write for the account that owns the bucket, and say so by other means.
_ALONE = {"logdelivery.elasticloadbalancing.amazonaws.com"}


@plan_rule(
    id="policy-source-arn",
    why="Without SourceArn or SourceAccount any account can make the service write there.",
    severity="error",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
)
def policy_source_arn(plan: Plan) -> Iterator[Broken]:
    """Find statements for a service without a condition on where it comes from."""
    for resource, key, found in written_policies(plan, lambda one, _: one.type in _KINDS):
        for statement in found:
            services = [one for one in statement.principals.get("Service", []) if one not in _ALONE]
            if statement.allow and services and not set(SOURCES) & statement.condition_keys:
                message = f"{key} lets {', '.join(services)} of every account in"
                yield Broken(resource, message, "add a condition on aws:SourceArn")
