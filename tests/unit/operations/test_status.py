"""One screen tells how a deployed service does, and never takes no data for a zero."""

from __future__ import annotations

import datetime
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from tests.unit.operations.conftest import Region
from tools.operations import status
from tools.operations.aws import Deployment

if TYPE_CHECKING:
    from tests.unit.operations.conftest import Lambda

NOW = datetime.datetime(2026, 11, 23, 17, 30, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)


@dataclass
class World:
    """CloudWatch, SQS and Step Functions, as far as they are asked."""

    values: dict[str, list[float]] = field(default_factory=dict)
    attempts: list[dict[str, Any]] = field(default_factory=list)
    alarms: list[dict[str, Any]] = field(default_factory=list)
    executions: list[dict[str, Any]] = field(default_factory=list)
    waiting: tuple[int, int] = (0, 0)
    _asked: str = ""

    def get_paginator(self, operation: str) -> World:
        self._asked = operation
        return self

    def paginate(self, **asked: Any) -> list[dict[str, Any]]:  # noqa: ANN401  as boto3
        if self._asked == "describe_alarms":
            assert asked == {"AlarmNamePrefix": "orders-dev-"}
            return [{"MetricAlarms": [alarm]} for alarm in self.alarms]
        names = {
            query["Id"]: query["MetricStat"]["Metric"]["MetricName"]
            for query in asked["MetricDataQueries"]
        }
        results = [{"Id": i, "Values": self.values.get(name, [])} for i, name in names.items()]
        return [{"MetricDataResults": results}]

    def get_queue_attributes(self, **_: Any) -> dict[str, Any]:  # noqa: ANN401  as boto3
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        return {"Attributes": dict(zip(names, map(str, self.waiting), strict=True))}

    def list_executions(self, **_: Any) -> dict[str, Any]:  # noqa: ANN401  as boto3
        return {"executions": self.executions}

    def get_metric_statistics(self, **_: Any) -> dict[str, Any]:  # noqa: ANN401  as boto3
        return {"Datapoints": self.attempts}


@pytest.fixture
def world() -> World:
    return World()


def screen(functions: Lambda, world: World) -> dict[str, str]:
    """Return the lines of the screen by what they begin with."""
    clients = {"lambda": functions} | dict.fromkeys(("cloudwatch", "sqs", "stepfunctions"), world)
    outputs = {
        "functions": {"stock": "orders-dev-stock"},
        "prefix": "orders-dev",
        "queues": {"tell": {"dlq_url": "https://sqs/1/orders-dev-tell-dlq"}},
        "schedules": {"report": {"group_name": "orders-dev-nightly-report"}},
        "workflow": {"arn": "arn"},
    }
    deployed = Deployment("dev", Region(None, "eu-west-1", clients), outputs)
    out = io.StringIO()
    Console(file=out, width=140, highlight=False).print(status.screen(deployed, NOW))
    lines = [" ".join(line.split()) for line in out.getvalue().splitlines()]
    return {line.split()[0]: line for line in lines if line}


def test_says_which_environment_where(functions: Lambda, world: World) -> None:
    assert (
        screen(functions, world)["envs/dev"] == "envs/dev on AWS, eu-west-1, 2026-11-23 17:30 UTC"
    )


def test_a_function_without_figures_has_no_data(functions: Lambda, world: World) -> None:
    assert screen(functions, world)["stock"] == "stock 10 no data no data no data"


def test_a_function_shows_calls_errors_and_their_rate(functions: Lambda, world: World) -> None:
    world.values = {"Invocations": [1500, 500], "Errors": [1, 4]}
    assert screen(functions, world)["stock"] == "stock 10 2,000 5 0.2%"


def test_a_function_that_fails_never_has_no_errors(functions: Lambda, world: World) -> None:
    world.values = {"Invocations": [3]}
    assert screen(functions, world)["stock"] == "stock 10 3 0 0.0%"


def test_a_canary_shows_both_shares(functions: Lambda, world: World) -> None:
    functions.shares = {"8": 0.9}
    assert "stock 10 (10%) and version 8 (90%)" in screen(functions, world)["stock"]


def test_a_dead_letter_queue_shows_all_that_wait_there(functions: Lambda, world: World) -> None:
    world.waiting = (2, 1)
    assert screen(functions, world)["orders-dev-tell-dlq"] == "orders-dev-tell-dlq tell 3"


def test_the_workflow_shows_how_its_last_executions_ended(functions: Lambda, world: World) -> None:
    world.executions = [
        {"status": each, "startDate": NOW - MINUTE * 5}
        for each in ("SUCCEEDED", "FAILED", "SUCCEEDED")
    ]
    line = screen(functions, world)["workflow,"]
    assert line == "workflow, its last 3 5 min ago 2 succeeded, 1 failed"


def test_a_workflow_that_never_ran_has_no_data(functions: Lambda, world: World) -> None:
    assert screen(functions, world)["workflow"] == "workflow no data no data"


def test_a_schedule_shows_when_it_ran_last(functions: Lambda, world: World) -> None:
    world.attempts = [
        {"Timestamp": NOW - MINUTE * 60 * 39, "Sum": 1.0},
        {"Timestamp": NOW - MINUTE * 60 * 15, "Sum": 1.0},
        {"Timestamp": NOW - MINUTE, "Sum": 0.0},
    ]
    assert screen(functions, world)["schedule"] == "schedule report 15 h 0 min ago"


def test_a_schedule_without_figures_has_no_data(functions: Lambda, world: World) -> None:
    assert screen(functions, world)["schedule"] == "schedule report no data"


def test_an_alarm_that_is_on_is_shown_with_what_it_says(functions: Lambda, world: World) -> None:
    world.alarms = [
        {"AlarmName": "orders-dev-stock-errors", "StateValue": "ALARM",
         "StateUpdatedTimestamp": NOW, "AlarmDescription": "orders-dev-stock fails"},
        {"AlarmName": "orders-dev-stock-throttles", "StateValue": "OK"},
    ]  # fmt: skip
    lines = screen(functions, world)
    assert lines["orders-dev-stock-errors"].endswith("11-23 17:30 orders-dev-stock fails")
    assert "orders-dev-stock-throttles" not in lines


def test_alarms_without_data_are_counted_apart(functions: Lambda, world: World) -> None:
    world.alarms = [
        {"AlarmName": "a", "StateValue": "OK"},
        {"AlarmName": "b", "StateValue": "INSUFFICIENT_DATA"},
    ]
    assert screen(functions, world)["none"] == "none of 2 is on; 1 have no data"
