"""What can start a function, and what comes with it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

FUNCTION = {
    "aws_cloudwatch_log_group": 1,
    "aws_cloudwatch_metric_alarm": 3,
    "aws_iam_role": 1,
    "aws_iam_role_policy": 1,
    "aws_lambda_alias": 1,
    "aws_lambda_function": 1,
}
"""What a function itself is made of, by type."""
# With `async`, a function has settings, and an alarm for what it cannot hand on.
_ASYNC = Counter({"aws_cloudwatch_metric_alarm": 1, "aws_lambda_function_event_invoke_config": 1})


@dataclass(frozen=True)
class Trigger:
    """One way to start a function.

    Attributes
    ----------
    what
        In words, for lists and for the README.
    handler
        Folder of the templates of handler, test and event.
    parts
        What its modules are called after the function's name.
    adds
        What Terraform makes for it beside the function, by type.
    door
        Which of `parts` has a URL; None without.
    """

    what: str
    handler: str
    parts: tuple[str, ...]
    adds: dict[str, int]
    door: str | None = None

    @property
    def counts(self) -> Counter[str]:
        """What Terraform makes for function and trigger, by type."""
        return Counter(FUNCTION) + Counter(self.adds)


_QUEUE = Counter(
    {
        "aws_cloudwatch_metric_alarm": 2,
        "aws_iam_role_policy": 1,
        "aws_lambda_event_source_mapping": 1,
        "aws_sqs_queue": 2,
    }
)

TRIGGERS = {
    "url": Trigger(
        "a function URL of its own, signed by IAM",
        "http", ("url",),
        {"aws_cloudwatch_metric_alarm": 2, "aws_lambda_function_url": 1},
        door="url",
    ),
    "http_api": Trigger(
        "an HTTP API of its own, signed by IAM",
        "http", ("http",),
        {
            "aws_apigatewayv2_api": 1,
            "aws_apigatewayv2_integration": 1,
            "aws_apigatewayv2_route": 1,
            "aws_apigatewayv2_stage": 1,
            "aws_cloudwatch_log_group": 1,
            "aws_cloudwatch_metric_alarm": 2,
            "aws_lambda_permission": 1,
        },
        door="http",
    ),
    "rest_api": Trigger(
        "a REST API of its own, signed by IAM, that checks requests",
        "http", ("rest",),
        {
            "aws_api_gateway_deployment": 1,
            "aws_api_gateway_gateway_response": 21,
            "aws_api_gateway_integration": 1,
            "aws_api_gateway_method": 1,
            "aws_api_gateway_method_settings": 1,
            "aws_api_gateway_request_validator": 1,
            "aws_api_gateway_resource": 1,
            "aws_api_gateway_rest_api": 1,
            "aws_api_gateway_stage": 1,
            "aws_cloudwatch_metric_alarm": 2,
            "aws_lambda_permission": 1,
        },
        door="rest",
    ),
    "schedule": Trigger(
        "a schedule, every night",
        "schedule", ("nightly",),
        _ASYNC + Counter({
            "aws_cloudwatch_metric_alarm": 3,
            "aws_iam_role": 1,
            "aws_iam_role_policy": 1,
            "aws_scheduler_schedule": 1,
            "aws_scheduler_schedule_group": 1,
            "aws_sqs_queue": 1,
        }),
    ),
    "event_rule": Trigger(
        "events on EventBridge's bus that match a pattern",
        "event_rule", ("events",),
        _ASYNC + Counter({
            "aws_cloudwatch_event_rule": 1,
            "aws_cloudwatch_event_target": 1,
            "aws_cloudwatch_metric_alarm": 2,
            "aws_lambda_permission": 1,
            "aws_sqs_queue": 1,
        }),
    ),
    "queue": Trigger("an SQS queue of its own", "queue", ("in",), _QUEUE),
    "topic": Trigger(
        "the topic order_events, by an SQS queue of its own",
        "topic", ("in",),
        _QUEUE + Counter({"aws_sns_topic_subscription": 1}),
    ),
    "stream": Trigger(
        "the stream of the orders' table",
        "stream", ("in",),
        {
            "aws_cloudwatch_metric_alarm": 2,
            "aws_iam_role_policy": 1,
            "aws_lambda_event_source_mapping": 1,
            "aws_sqs_queue": 1,
        },
    ),
    "upload": Trigger(
        "files that are dropped in an S3 bucket of its own",
        "upload", ("failures", "uploads"),
        _ASYNC + Counter({
            "aws_cloudwatch_metric_alarm": 3,
            "aws_iam_role_policy": 1,
            "aws_lambda_permission": 1,
            "aws_s3_bucket": 1,
            "aws_s3_bucket_lifecycle_configuration": 1,
            "aws_s3_bucket_notification": 1,
            "aws_s3_bucket_ownership_controls": 1,
            "aws_s3_bucket_policy": 1,
            "aws_s3_bucket_public_access_block": 1,
            "aws_s3_bucket_server_side_encryption_configuration": 1,
            "aws_s3_bucket_versioning": 1,
            "aws_sqs_queue": 1,
        }),
    ),
    "workflow-task": Trigger(
        "a task of a Step Functions workflow of its own",
        "workflow_task", ("flow",),
        {
            "aws_cloudwatch_log_group": 1,
            "aws_cloudwatch_metric_alarm": 3,
            "aws_iam_role": 1,
            "aws_iam_role_policy": 1,
            "aws_sfn_state_machine": 1,
        },
    ),
}  # fmt: skip
"""By the name that ``TRIGGER=`` takes."""
