"""Log lines: one JSON object each, as CloudWatch Logs and its metric filters read them."""

from __future__ import annotations

import importlib
import json
import re
from contextlib import redirect_stdout
from io import BytesIO, StringIO, TextIOWrapper
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import json_log

if TYPE_CHECKING:
    from collections.abc import Iterator

LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")


@pytest.fixture
def least(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Let a test set the function's own level; the module is as it was afterwards."""
    yield monkeypatch
    monkeypatch.undo()
    importlib.reload(json_log)


def line_of(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return the one line that was written."""
    (line,) = capsys.readouterr().out.splitlines()
    read: dict[str, Any] = json.loads(line)
    return read


def test_a_line_holds_what_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    json_log.log("INFO", "request", request_id="1", status=200, error=None, order={"id": "x"})
    line = line_of(capsys)
    del line["timestamp"]
    assert line == {
        "level": "INFO", "message": "request",
        "request_id": "1", "status": 200, "error": None, "order": {"id": "x"},
    }  # fmt: skip


def test_a_line_begins_with_time_level_and_message(capsys: pytest.CaptureFixture[str]) -> None:
    json_log.log("INFO", "request", alpha="1")
    assert list(line_of(capsys))[:3] == ["timestamp", "level", "message"]


def test_the_time_is_in_utc_with_milliseconds(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_log, "time_ns", lambda: 1_773_342_238_007_999_999)
    json_log.log("INFO", "request")
    assert line_of(capsys)["timestamp"] == "2026-03-12T19:03:58.007Z"


def test_the_time_is_now(capsys: pytest.CaptureFixture[str]) -> None:
    json_log.log("INFO", "request")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line_of(capsys)["timestamp"])


@given(st.text(st.characters(codec="utf-8")))
def test_whatever_a_field_holds_makes_one_line(text: str) -> None:
    with redirect_stdout(StringIO(newline="")) as out:
        json_log.log("INFO", "request", text=text)
    assert out.getvalue().endswith("}\n")
    assert out.getvalue().count("\n") == 1
    assert json.loads(out.getvalue())["text"] == text


def test_the_level_is_info_where_none_is_set(capsys: pytest.CaptureFixture[str]) -> None:
    for level in LEVELS:
        json_log.log(level, "x")
    written = [json.loads(line)["level"] for line in capsys.readouterr().out.splitlines()]
    assert written == ["INFO", "WARN", "ERROR", "FATAL"]


@pytest.mark.parametrize("number", range(len(LEVELS)))
def test_lines_below_the_functions_level_are_not_written(
    number: int, least: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    least.setenv("AWS_LAMBDA_LOG_LEVEL", LEVELS[number])
    importlib.reload(json_log)
    for level in LEVELS:
        json_log.log(level, "x")
    written = [json.loads(line)["level"] for line in capsys.readouterr().out.splitlines()]
    assert written == list(LEVELS[number:])


def test_a_level_that_there_is_not_is_an_error() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        json_log.log("WARNING", "x")


def test_a_line_is_flushed_for_the_environment_may_freeze() -> None:
    below = BytesIO()
    with redirect_stdout(TextIOWrapper(below)):
        json_log.log("INFO", "request")
        assert below.getvalue().endswith(b"}\n")


def test_what_is_bound_is_in_every_line_until_it_is_taken_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    json_log.bind("request-1")
    json_log.log("INFO", "first")
    json_log.log("INFO", "second")
    json_log.bind(None)
    json_log.log("INFO", "third")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line.get("correlation_id") for line in lines] == ["request-1", "request-1", None]
