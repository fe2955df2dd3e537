"""new_function: changes are handled in their order."""

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


def test_what_was_written_is_handled_in_its_order(
    app: ModuleType, context: Context, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.handler(EVENT, context) == {"batchItemFailures": []}
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["status"] for line in lines] == ["placed", "cancelled"]


def test_a_change_that_is_no_order_comes_again(app: ModuleType, context: Context) -> None:
    first, second, third = EVENT["Records"]
    torn = second | {"dynamodb": second["dynamodb"] | {"NewImage": {}}}
    failures = [{"itemIdentifier": second["dynamodb"]["SequenceNumber"]}]
    event = {"Records": [first, torn, third]}
    assert app.handler(event, context) == {"batchItemFailures": failures}
