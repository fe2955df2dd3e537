"""new_function: messages are handled one by one."""

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


def test_messages_are_handled(
    app: ModuleType, context: Context, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.handler(EVENT, context) == {"batchItemFailures": []}
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == ["A1", "A2"]


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '{"id": ""}', None])
def test_a_message_that_cannot_be_read_is_told_and_the_others_are_handled(
    app: ModuleType, context: Context, body: str | None
) -> None:
    first, second = EVENT["Records"]
    event = {"Records": [first | {"body": body}, second]}
    failures = [{"itemIdentifier": first["messageId"]}]
    assert app.handler(event, context) == {"batchItemFailures": failures}
