"""new_function: events of orders are handled one by one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

    from tests.unit.functions.conftest import Context, Load

EVENT = json.loads(Path(__file__).with_name("event.json").read_text())


@pytest.fixture
def app(load: Load) -> ModuleType:
    return load("new_function")


def test_events_are_handled(
    app: ModuleType, context: Context, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.handler(EVENT, context) == {"batchItemFailures": []}
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["type"] for line in lines] == ["order.placed", "order.cancelled"]


def test_a_message_without_an_event_is_told_and_the_others_are_handled(
    app: ModuleType, context: Context
) -> None:
    first, second = EVENT["Records"]
    event = {"Records": [first | {"body": "{}"}, second]}
    failures = [{"itemIdentifier": first["messageId"]}]
    assert app.handler(event, context) == {"batchItemFailures": failures}
