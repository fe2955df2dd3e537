"""A function says which records of a batch failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


_BATCHED = {"aws_sqs_queue", "aws_dynamodb_table", "aws_kinesis_stream"}
_SERVICES = ("sqs", "dynamodb", "kinesis")


@plan_rule(
    id="partial-batches",
    why="Without ReportBatchItemFailures one bad record repeats, and may lose, its whole batch.",
    severity="error",
    source="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html",
)
def partial_batches(plan: Plan) -> Iterator[Broken]:
    """Find mappings of queues and streams without ReportBatchItemFailures."""
    for mapping in plan.of("aws_lambda_event_source_mapping"):
        kinds = {one.type for one in plan.named(mapping, "event_source_arn")}
        reports = "ReportBatchItemFailures" in (mapping.get("function_response_types") or [])
        path = "event_source_arn"
        source = mapping.text(path) if kinds else plan.known(mapping, path)
        batched = bool(kinds & _BATCHED) or any(f":{one}:" in source for one in _SERVICES)
        if batched and mapping.get("batch_size") != 1 and not reports:
            fix = 'set function_response_types = ["ReportBatchItemFailures"]'
            yield Broken(mapping, "it does not take the failures of single records", fix)
