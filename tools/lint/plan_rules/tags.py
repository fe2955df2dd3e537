"""What is billed is tagged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


_TAGGED = ("aws_lambda_function", "aws_sqs_queue", "aws_dynamodb_table", "aws_sns_topic",
           "aws_s3_bucket", "aws_api_gateway_rest_api", "aws_apigatewayv2_api",
           "aws_sfn_state_machine", "aws_cloudfront_distribution")  # fmt: skip


@plan_rule(
    id="tags",
    why="Without tags nobody can say whose it is or what it costs.",
    severity="warning",
    source="https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html",
)
def tags(plan: Plan) -> Iterator[Broken]:
    """Find functions, queues, tables, topics, buckets, APIs and machines without a tag."""
    for one in plan.of(*_TAGGED):
        if not one.get("tags_all") and not one.written.get("tags"):
            yield Broken(one, "it has no tag", "set tags, or default_tags of the provider")
