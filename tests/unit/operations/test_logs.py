"""Logs are shown line by line in the order of time, and one request's lines alone if wanted."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from rich.console import Console

from tools.operations import logs
from tools.operations.aws import OperationError

DAY = 1_764_000_000_000
GROUPS = {"orders_api": "/aws/lambda/orders-dev-api", "stock": "/aws/lambda/orders-dev-stock"}


class NotFoundError(Exception):
    """What CloudWatch Logs answers for a group that is not there."""


class Logs:
    """CloudWatch Logs; each call of `paginate` sees what is written by then."""

    class exceptions:  # noqa: N801  boto3's name
        ResourceNotFoundException = NotFoundError

    def __init__(self) -> None:
        self.written: dict[str, list[dict[str, Any]]] = {group: [] for group in GROUPS.values()}
        self.asked: list[dict[str, Any]] = []

    def write(self, who: str, at: int, message: str | dict[str, Any]) -> None:
        text = message if isinstance(message, str) else json.dumps(message)
        event_id = f"{who}-{sum(map(len, self.written.values()))}"
        event = {"timestamp": DAY + at, "eventId": event_id, "message": f"{text}\n"}
        self.written[GROUPS[who]].append(event)

    def get_paginator(self, operation: str) -> Logs:
        assert operation == "filter_log_events"
        return self

    def paginate(self, **asked: Any) -> list[dict[str, Any]]:  # noqa: ANN401  as boto3
        self.asked.append(asked)
        if asked["logGroupName"] not in self.written:
            raise NotFoundError
        wanted = asked.get("filterPattern", '""').strip('"')
        found = [
            event
            for event in self.written[asked["logGroupName"]]
            if event["timestamp"] >= asked["startTime"] and wanted in event["message"]
        ]
        return [{"events": found[:1]}, {"events": found[1:]}]


@pytest.fixture
def client() -> Logs:
    return Logs()


def shown(client: Logs, groups: dict[str, str] = GROUPS, only: str = "") -> list[str]:
    out = io.StringIO()
    console = Console(file=out, highlight=False, soft_wrap=True)
    logs.show(console, client, groups, DAY / 1000, only=only)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def of(level: str, message: str, **fields: object) -> dict[str, Any]:
    return {"timestamp": "2025-11-24T16:00:00.000Z", "level": level, "message": message, **fields}


def test_a_line_shows_time_level_message_and_fields(client: Logs) -> None:
    client.write("stock", 7, of("WARN", "table busy", order="a", tries=2))
    [line] = shown(client, {"stock": GROUPS["stock"]})
    assert line == "16:00:00.007 WARN  table busy  order=a tries=2"


def test_lines_of_several_functions_come_in_the_order_of_time(client: Logs) -> None:
    client.write("stock", 2, of("INFO", "second"))
    client.write("orders_api", 1, of("INFO", "first"))
    client.write("orders_api", 3, of("INFO", "third"))
    assert [line.split()[1:4] for line in shown(client)] == [
        ["orders_api", "INFO", "first"],
        ["stock", "INFO", "second"],
        ["orders_api", "INFO", "third"],
    ]


def test_one_correlation_id_is_shown_alone(client: Logs) -> None:
    client.write("orders_api", 1, of("INFO", "mine", correlation_id="one"))
    client.write("stock", 2, of("INFO", "also mine", correlation_id="one"))
    client.write("stock", 3, of("INFO", "another's, and tells of one", correlation_id="two"))
    client.write("stock", 4, "START one")
    assert [line.rsplit("  ", 1)[1] for line in shown(client, only="one")] == [
        "correlation_id=one", "correlation_id=one",
    ]  # fmt: skip


def test_what_is_no_json_is_shown_as_it_is(client: Logs) -> None:
    client.write("stock", 1, "Task timed out after 3.00 seconds")
    [line] = shown(client, {"stock": GROUPS["stock"]})
    assert line == "16:00:00.001 Task timed out after 3.00 seconds"


def test_what_looks_like_markup_is_shown_as_it_is(client: Logs) -> None:
    client.write("stock", 1, of("INFO", "[bold]x[/bold]"))
    [line] = shown(client, {"stock": GROUPS["stock"]})
    assert line.endswith("[bold]x[/bold]")


def test_a_line_of_lambda_itself_shows_its_kind_and_figures(client: Logs) -> None:
    record = {"requestId": "r", "metrics": {"durationMs": 4.5}}
    client.write("stock", 1, {"time": "t", "type": "platform.report", "record": record})
    [line] = shown(client, {"stock": GROUPS["stock"]})
    assert line == "16:00:00.001 platform.report requestId=r durationMs=4.5"


def test_a_metric_shows_its_name_and_value(client: Logs) -> None:
    client.write("stock", 1, {"_aws": {"Timestamp": 1}, "FunctionName": "f", "OrdersPlaced": 1})
    [line] = shown(client, {"stock": GROUPS["stock"]})
    assert line == "16:00:00.001 METRIC FunctionName=f OrdersPlaced=1"


def test_no_line_is_told(client: Logs) -> None:
    assert shown(client, {"stock": GROUPS["stock"]}, only="one") == [
        "no line with correlation_id one in /aws/lambda/orders-dev-stock"
    ]


def test_a_group_that_is_not_there_is_told(client: Logs) -> None:
    with pytest.raises(OperationError, match="no log group /aws/lambda/none"):
        shown(client, {"none": "/aws/lambda/none"})


def test_following_shows_each_line_once_and_late_ones_too(
    client: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.write("stock", 5, of("INFO", "first"))
    rounds = iter([lambda: client.write("stock", 3, of("INFO", "late")), None])

    def sleep(_: float) -> None:
        write = next(rounds)
        if write is None:
            raise KeyboardInterrupt
        write()

    monkeypatch.setattr("time.sleep", sleep)
    monkeypatch.setattr("time.time", lambda: DAY / 1000 + 10)
    out = io.StringIO()
    console = Console(file=out, highlight=False, soft_wrap=True)
    with pytest.raises(KeyboardInterrupt):
        logs.show(console, client, {"stock": GROUPS["stock"]}, DAY / 1000, follow=True)
    assert [line.split()[-1] for line in out.getvalue().splitlines()] == ["first", "late"]


@pytest.mark.parametrize(
    ("text", "means"), [("30s", 30), ("10m", 600), ("2h", 7200), ("1d", 86400)]
)
def test_since_is_a_number_and_a_unit(text: str, means: int) -> None:
    assert logs.seconds(text) == means


@pytest.mark.parametrize("text", ["", "10", "m", "0m", "10 m", "1w", "-1h"])
def test_another_since_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(OperationError, match="write 30s, 10m, 2h or 1d"):
        logs.seconds(text)


def test_without_a_function_or_an_environment_says_how_to_name_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["logs"])
    assert logs.main() == 2
    assert "make logs ENV=dev FUNCTION=orders_api" in capsys.readouterr().err
