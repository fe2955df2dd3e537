"""A new version that fails is taken off its alias: what the alarm of a canary sets off.

CloudWatch's event tells the function, the alias and the version that fails. The other version of
the alias gets all requests again. An alias that does not share its requests with that version any
more is left as it is, so the event may come late, or twice.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import boto3
import msgspec
from botocore.config import Config
from msgspec import Meta, Struct, field

from json_log import log

if TYPE_CHECKING:
    from types_boto3_lambda.client import LambdaClient
    from types_boto3_lambda.type_defs import AliasConfigurationResponseTypeDef as Alias

# Both calls end before 10 s; Lambda invokes again what failed.
_lambda: LambdaClient = boto3.client(
    "lambda",
    config=Config(
        connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2}
    ),
)


class NoCanaryAlarmError(Exception):
    """The event is not that of a canary's alarm; the message says where it differs."""


def handler(event: Any, context: Any) -> dict[str, str | None]:  # noqa: ANN401, ARG001  Lambda's own
    """Give all requests of the alias to the version that does not fail; tell which one that is."""
    detail = read_alarm(event)
    failing = detail.configuration.metrics[0].stat.metric.dimensions
    before = _lambda.get_alias(FunctionName=failing.function, Name=failing.alias)
    stable = other_version(before, failing.version)
    told = {"function": failing.function, "alarm": detail.alarm, "failing": failing.version}
    if stable is None:
        log("INFO", "nothing to roll back", serving=before["FunctionVersion"], **told)
        return {"stable": None}
    _lambda.update_alias(
        FunctionName=failing.function,
        Name=failing.alias,
        Description=f"Rolled back from {failing.version} to {stable} by {detail.alarm}"[:256],
        FunctionVersion=stable,
        RoutingConfig={"AdditionalVersionWeights": {}},
        # Whoever moves the alias at this moment is not overruled: this fails, and looks again.
        RevisionId=before["RevisionId"],
    )
    log("WARN", "rolled back", stable=stable, **told)
    return {"stable": stable}


def other_version(alias: Alias, failing: str) -> str | None:
    """Return the version that shares an alias with `failing`, or None when they share it not."""
    weights = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
    versions = {alias["FunctionVersion"], *weights}
    if failing not in versions:
        return None
    # An alias has two at the most.
    return next(iter(versions - {failing}), None)


def read_alarm(event: Any) -> _Detail:  # noqa: ANN401  whatever invokes the function
    """Return what an event says of the alarm.

    Raises
    ------
    NoCanaryAlarmError
        It says nothing of an alarm on one version of an alias.
    """
    try:
        return msgspec.convert(event, _Event).detail
    except msgspec.ValidationError as error:
        raise NoCanaryAlarmError(f"This is no event of a canary's alarm: {error}") from error


class _Dimensions(Struct, gc=False):
    function: str = field(name="FunctionName")
    # Function and alias, as AWS/Lambda has it: orders-dev-api:live.
    resource: Annotated[str, Meta(pattern="^[^:]+:[^:]+$")] = field(name="Resource")
    version: Annotated[str, Meta(pattern="^[1-9][0-9]*$")] = field(name="ExecutedVersion")

    @property
    def alias(self) -> str:
        return self.resource.partition(":")[2]


class _Metric(Struct, gc=False):
    namespace: Literal["AWS/Lambda"]
    dimensions: _Dimensions


class _Stat(Struct, gc=False):
    metric: _Metric


class _Query(Struct, gc=False):
    stat: _Stat = field(name="metricStat")


class _Configuration(Struct, gc=False):
    metrics: Annotated[list[_Query], Meta(min_length=1)]


class _State(Struct, gc=False):
    value: Literal["ALARM"]


class _Detail(Struct, gc=False):
    alarm: str = field(name="alarmName")
    configuration: _Configuration
    state: _State


class _Event(Struct, gc=False):
    kind: Literal["CloudWatch Alarm State Change"] = field(name="detail-type")
    source: Literal["aws.cloudwatch"]
    detail: _Detail
