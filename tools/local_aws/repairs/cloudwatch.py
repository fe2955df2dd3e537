"""CloudWatch: DescribeAlarms tells all of an alarm in the query protocol too (provider 5.100)."""

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
    service._describe_alarms = describe_alarms_in_full(service._describe_alarms, service._xml)


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
