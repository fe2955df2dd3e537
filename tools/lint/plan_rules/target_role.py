"""The role of a schedule or a rule may do what it is there for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.policies import permissions
from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan, Resource


_ACTIONS = {
    "aws_cloudwatch_event_bus": "events:PutEvents",
    "aws_dynamodb_table": "dynamodb:PutItem",
    "aws_kinesis_firehose_delivery_stream": "firehose:PutRecord",
    "aws_kinesis_stream": "kinesis:PutRecord",
    "aws_lambda_alias": "lambda:InvokeFunction",
    "aws_lambda_function": "lambda:InvokeFunction",
    "aws_s3_bucket": "s3:PutObject",
    "aws_sfn_state_machine": "states:StartExecution",
    "aws_sns_topic": "sns:Publish",
    "aws_sqs_queue": "sqs:SendMessage",
}
_SERVICES = {
    ":event-bus/": "events:PutEvents",
    ":firehose:": "firehose:PutRecord",
    ":kinesis:": "kinesis:PutRecord",
    ":lambda:": "lambda:InvokeFunction",
    ":sns:": "sns:Publish",
    ":sqs:": "sqs:SendMessage",
    ":stateMachine:": "states:StartExecution",
}
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html
_READS = {
    ":dynamodb:": ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
    ":kinesis:": ("kinesis:GetRecords", "kinesis:GetShardIterator"),
    ":sqs:": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
}
_SOURCES = {"aws_dynamodb_table": ":dynamodb:", "aws_kinesis_stream": ":kinesis:",
            "aws_sqs_queue": ":sqs:"}  # fmt: skip
_STREAMS = ("dynamodb_stream_parameters", "kinesis_stream_parameters")
# What an action of an IoT rule writes to by its role:
# https://docs.aws.amazon.com/iot/latest/developerguide/iot-create-role.html
_THINGS = {"dynamodb": "table_name", "firehose": "delivery_stream_name", "kinesis": "stream_name",
           "s3": "bucket_name", "sns": "target_arn", "sqs": "queue_url",
           "step_functions": "state_machine_name"}  # fmt: skip
_Path = tuple[str | int, ...]


@plan_rule(
    id="target-role",
    why="AWS takes the target, and each delivery is refused.",
    severity="error",
    source="https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html",
)
def target_role(plan: Plan) -> Iterator[Broken]:
    """Find what delivers by a role that lacks the action: schedules, rules, pipes, filters."""
    for one in plan.of("aws_scheduler_schedule"):
        yield from _refused(plan, one, ("target", 0, "arn"), ("target", 0, "role_arn"))
    for one in plan.of("aws_cloudwatch_event_target"):
        if one.says("role_arn"):
            yield from _refused(plan, one, ("arn",), ("role_arn",))
        elif ":stateMachine:" in one.text("arn"):
            fix = "set role_arn to a role that may do states:StartExecution on it"
            yield Broken(one, "a state machine is started by a role, and there is none", fix)
    for one in plan.of("aws_cloudwatch_log_subscription_filter"):
        if one.says("role_arn"):
            yield from _refused(plan, one, ("destination_arn",), ("role_arn",))
    yield from _pipes(plan)
    yield from _rules_of_things(plan)


def _pipes(plan: Plan) -> Iterator[Broken]:
    for one in plan.of("aws_pipes_pipe"):
        yield from _refused(plan, one, ("source",), ("role_arn",), reads=True)
        yield from _refused(plan, one, ("enrichment",), ("role_arn",))
        yield from _refused(plan, one, ("target",), ("role_arn",))
        for stream in _STREAMS:
            dead: _Path = ("source_parameters", 0, stream, 0, "dead_letter_config", 0, "arn")
            yield from _refused(plan, one, dead, ("role_arn",))


def _rules_of_things(plan: Plan) -> Iterator[Broken]:
    for one in plan.of("aws_iot_topic_rule"):
        for kind, key in _THINGS.items():
            for position in range(len(one.parts(kind))):
                by: _Path = (kind, position, "role_arn")
                yield from _refused(plan, one, (kind, position, key), by)
            if one.parts("error_action"):
                place: _Path = ("error_action", 0, kind, 0)
                yield from _refused(plan, one, (*place, key), (*place, "role_arn"))


def _refused(
    plan: Plan, one: Resource, target: _Path, by: _Path, *, reads: bool = False
) -> Iterator[Broken]:
    if not one.says(*target):
        return
    arn = one.text(*target)
    for role in plan.sole(one, *by):
        may = permissions(plan, role)
        found: list[Resource | None] = [*plan.sole(one, *target)]
        if arn and not found:
            found = [None]
        for to in found:
            for action in _wanted(to, arn, reads=reads):
                if not may.allows(action, to, arn):
                    what = to.address if to else arn
                    message = f"{role.text('name') or role.address} may not {action} {what}"
                    fix = f"let a statement of the role allow {action} on its ARN"
                    yield Broken(one, message, fix)


def _wanted(to: Resource | None, arn: str, *, reads: bool) -> tuple[str, ...]:
    if reads:
        kind = _SOURCES.get(to.type) if to else next((k for k in _READS if k in arn), None)
        return _READS[kind] if kind else ()
    known = _ACTIONS.get(to.type) if to else next((a for k, a in _SERVICES.items() if k in arn), "")
    return (known,) if known else ()
