"""Counts in the embedded metric format, as CloudWatch takes them.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import importlib
import json
import re
from time import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import metrics

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = st.from_regex(r"[A-Z][A-Za-z]{0,40}", fullmatch=True)


@pytest.fixture(autouse=True)
def named(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lambda names the function; the module is as it was afterwards."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "orders-dev-api")
    importlib.reload(metrics)
    yield
    monkeypatch.undo()
    importlib.reload(metrics)


def written(capsys: pytest.CaptureFixture[str], **counts: int) -> dict[str, Any]:
    capsys.readouterr()
    metrics.count(**counts)
    [line] = capsys.readouterr().out.splitlines()
    read: dict[str, Any] = json.loads(line)
    return read


def test_a_count_is_a_member_of_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert written(capsys, OrdersPlaced=1)["OrdersPlaced"] == 1


def test_a_line_says_when_in_milliseconds(capsys: pytest.CaptureFixture[str]) -> None:
    at = written(capsys, OrdersPlaced=1)["_aws"]["Timestamp"]
    assert isinstance(at, int)
    assert abs(at - time() * 1000) < 60_000


def test_a_metric_is_of_the_function(capsys: pytest.CaptureFixture[str]) -> None:
    line = written(capsys, OrdersPlaced=1)
    [directive] = line["_aws"]["CloudWatchMetrics"]
    assert directive["Dimensions"] == [["FunctionName"]]
    assert line["FunctionName"] == "orders-dev-api"


@given(counts=st.dictionaries(NAMES, st.integers(0, 2**53), min_size=1, max_size=100))
def test_a_line_is_what_the_schema_asks_for(
    capsys: pytest.CaptureFixture[str], counts: dict[str, int]
) -> None:
    line = written(capsys, **counts)
    assert line.keys() == {"_aws", "FunctionName", *counts}
    assert line["_aws"].keys() == {"Timestamp", "CloudWatchMetrics"}
    [directive] = line["_aws"]["CloudWatchMetrics"]
    assert directive.keys() == {"Namespace", "Dimensions", "Metrics"}
    assert re.fullmatch(r"[A-Za-z0-9._/#:-]{1,255}", directive["Namespace"])
    assert not directive["Namespace"].startswith("AWS/")
    # Every dimension and every metric names a member: the one a string, the other a number.
    assert all(isinstance(line[name], str) for names in directive["Dimensions"] for name in names)
    assert [metric["Name"] for metric in directive["Metrics"]] == list(counts)
    assert {metric["Unit"] for metric in directive["Metrics"]} == {"Count"}
    assert {name: line[name] for name in counts} == counts
