"""CloudWatch: alarms as they are described, and told to EventBridge.

DescribeAlarms tells all of an alarm in the query protocol too (provider 5.100). An alarm that
changes its state is an event on the default bus, as the rules that roll back expect it.
"""

from __future__ import annotations

import functools
import json
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Callable

    Response = tuple[int, dict[str, str], bytes]


def repair() -> None:
    """Put everything in; MiniStack must not serve yet."""
    service: Any = import_module("ministack.services.cloudwatch")
    eventbridge: Any = import_module("ministack.services.eventbridge")
    service._dispatch_alarm_actions = tell_event_bridge(
        service._dispatch_alarm_actions, eventbridge._put_events
    )
    service._describe_alarms = describe_alarms_in_full(service._describe_alarms, service._xml)


def tell_event_bridge(
    dispatch: Callable[..., None], put_events: Callable[..., Any]
) -> Callable[..., None]:
    """Wrap what MiniStack does when an alarm changes its state: EventBridge hears of it.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
    """

    @functools.wraps(dispatch)
    def run(alarm: dict[str, Any], old_state: str, new_state: str, reason: str) -> None:
        entry = {
            "Source": "aws.cloudwatch",
            "DetailType": "CloudWatch Alarm State Change",
            "Resources": [alarm["AlarmArn"]],
            "Detail": json.dumps(state_change(alarm, old_state, new_state, reason)),
        }
        put_events({"Entries": [entry]}, allow_aws_source=True)
        dispatch(alarm, old_state, new_state, reason)

    return run


def state_change(
    alarm: dict[str, Any], old_state: str, new_state: str, reason: str
) -> dict[str, Any]:
    """Return what the event says of an alarm on one metric."""
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    metric = {
        "dimensions": {d["Name"]: d["Value"] for d in alarm.get("Dimensions") or []},
        "name": alarm.get("MetricName"),
        "namespace": alarm.get("Namespace"),
    }
    stat = {
        "metric": metric,
        "period": alarm.get("Period"),
        "stat": alarm.get("ExtendedStatistic") or alarm.get("Statistic"),
    }
    return {
        "alarmName": alarm["AlarmName"],
        "configuration": {
            "description": alarm.get("AlarmDescription", ""),
            "metrics": [{"id": "metric", "metricStat": stat, "returnData": True}],
        },
        "previousState": {"value": old_state},
        "state": {"reason": reason, "timestamp": at, "value": new_state},
    }


def describe_alarms_in_full(
    describe: Callable[..., Response], xml: Callable[..., Response]
) -> Callable[..., Response]:
    """Wrap MiniStack's DescribeAlarms: the query protocol gets all that the JSON protocol gets."""

    @functools.wraps(describe)
    def run(
        params: dict[str, list[str]],
        decoded: Any,  # noqa: ANN401  MiniStack's
        is_cbor: bool,
        is_json: bool = False,
    ) -> Response:
        if is_cbor or is_json:
            return describe(params, decoded, is_cbor, is_json)
        request: dict[str, Any] = {k: v[0] for k, v in params.items() if "." not in k}
        for name in ("AlarmNames", "AlarmTypes"):
            values = [v[0] for k, v in params.items() if k.startswith(f"{name}.member.")]
            request |= {name: values} if values else {}
        status, headers, body = describe(params, request, False, True)
        if status != 200:
            return status, headers, body
        result = f"<DescribeAlarmsResult>{elements(json.loads(body))}</DescribeAlarmsResult>"
        return xml(200, "DescribeAlarmsResponse", result)

    return run


def elements(value: Any) -> str:  # noqa: ANN401  any JSON
    """Return JSON as the elements that the query protocol of CloudWatch has for it."""
    if isinstance(value, dict):
        # AWS has one of the two; MiniStack fills in the other.
        dropped = {"Statistic"} if value.get("ExtendedStatistic") else set()
        return "".join(
            element(k, v) for k, v in value.items() if v is not None and k not in dropped
        )
    if isinstance(value, list):
        return "".join(element("member", item) for item in value)
    return escape(str(value).lower() if isinstance(value, bool) else str(value))


def element(name: str, value: Any) -> str:  # noqa: ANN401  any JSON
    """Return one element; seconds become a date, as the protocol wants them."""
    if name.endswith("Timestamp"):
        value = datetime.fromtimestamp(value, UTC).isoformat()
    return f"<{name}>{elements(value)}</{name}>"
