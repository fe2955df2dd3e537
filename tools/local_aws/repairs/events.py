"""EventBridge and Scheduler: what fires on time, with its context, and is retried as it should be.

MiniStack looks at its schedules every ten seconds, leaves context attributes in the input as they
stand, and runs a function for an event once, forgetting what it raises.
"""

from __future__ import annotations

import functools
import json
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable


def repair() -> None:
    """Put everything in; MiniStack must not serve yet."""
    lambda_svc: Any = import_module("ministack.services.lambda_svc")
    eventbridge: Any = import_module("ministack.services.eventbridge")
    scheduler: Any = import_module("ministack.services.scheduler")
    lambda_svc.invoke_async_with_retry = with_settings_of_the_alias(
        lambda_svc.invoke_async_with_retry, lambda_svc
    )
    eventbridge._dispatch_to_lambda = invoke_asynchronously(lambda_svc)
    eventbridge._invoke_target = fill_in_context_attributes(eventbridge._invoke_target)
    scheduler._SCHEDULE_TICK_INTERVAL = 1


def scheduled_time(schedule: dict[str, Any], now: float) -> str:
    """Return the moment for which a schedule that fires now was due, as Scheduler writes it."""
    expression = str(schedule["ScheduleExpression"])
    due = datetime.fromtimestamp(now, UTC)
    if expression.startswith("at("):
        zone = ZoneInfo(schedule.get("ScheduleExpressionTimezone") or "UTC")
        due = datetime.fromisoformat(expression[3:-1]).replace(tzinfo=zone).astimezone(UTC)
    elif expression.startswith("cron("):
        # It is looked at several times a minute.
        due = due.replace(second=0)
    return due.strftime("%Y-%m-%dT%H:%M:%SZ")


def fill_in_context_attributes(invoke: Callable[..., None]) -> Callable[..., None]:
    """Wrap MiniStack's delivery to a target: a schedule's input gets its context attributes."""

    @functools.wraps(invoke)
    def run(
        target: dict[str, Any],
        event: dict[str, Any],
        rule: dict[str, Any],
        view: Any = None,  # noqa: ANN401  MiniStack's
    ) -> None:
        if event.get("Source") == "aws.scheduler" and target.get("Input"):
            text = target["Input"]
            for name, value in {
                "attempt-number": "1",
                "execution-id": event["EventId"],
                "schedule-arn": rule["Arn"],
                "scheduled-time": scheduled_time(rule, event["Time"]),
            }.items():
                text = text.replace(f"<aws.scheduler.{name}>", value)
            target = {**target, "Input": text}
        invoke(target, event, rule, view)

    return run


def invoke_asynchronously(lambda_svc: Any) -> Callable[[str, str], None]:  # noqa: ANN401
    """Return what invokes a function for EventBridge: as an asynchronous event, with its retries.

    MiniStack runs it once and forgets what it raises.
    """

    def run(arn: str, payload: str) -> None:
        function, config, _ = lambda_svc._get_func_record_for_ref(arn)
        if function and config:
            record = lambda_svc._execution_record_for_config(function, config)
            lambda_svc.invoke_async_with_retry(record, json.loads(payload))

    return run


def with_settings_of_the_alias(
    invoke: Callable[..., None],
    lambda_svc: Any,  # noqa: ANN401  MiniStack's module
) -> Callable[..., None]:
    """Wrap MiniStack's asynchronous invocation: retries and destination are those of ``live``.

    MiniStack looks for them at the version, where nobody can put them.
    """

    @functools.wraps(invoke)
    def run(function: dict[str, Any], event: Any) -> None:  # noqa: ANN401  any JSON
        config = function.get("config") or function
        base = lambda_svc._functions.get(config.get("FunctionName")) or {}
        settings = (base.get("event_invoke_configs") or {}).get("live")
        invoke({**function, "event_invoke_config": settings} if settings else function, event)

    return run
