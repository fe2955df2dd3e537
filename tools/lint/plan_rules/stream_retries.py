"""A stream consumer gives up, and leaves word of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


@plan_rule(
    id="stream-retries",
    why="The default is to retry until the record expires, while its shard stands still.",
    severity="error",
    source="https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html",
)
def stream_retries(plan: Plan) -> Iterator[Broken]:
    """Find mappings of streams without an end to retries, or without a failure destination."""
    for mapping in plan.of("aws_lambda_event_source_mapping"):
        kinds = {one.type for one in plan.named(mapping, "event_source_arn")}
        path = "event_source_arn"
        source = mapping.text(path) if kinds else plan.known(mapping, path)
        if not kinds & {"aws_dynamodb_table", "aws_kinesis_stream"} and not re.search(
            r":(?:dynamodb|kinesis):", source
        ):
            continue
        attempts, age = (
            mapping.get("maximum_retry_attempts"),
            mapping.get("maximum_record_age_in_seconds"),
        )
        if attempts in (None, -1) and age in (None, -1):
            yield Broken(mapping, "it retries without end", "set maximum_retry_attempts")
        if not mapping.says("destination_config"):
            message = "what it gives up goes nowhere"
            yield Broken(mapping, message, "add destination_config with a queue or a topic")
