"""new_function: a task that it knows is done."""

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


def test_a_task_is_done(app: ModuleType, context: Context) -> None:
    assert app.handler(EVENT, context) == {"id": "A1", "state": "done"}


@pytest.mark.parametrize("wrong", [{}, {"task": "other"}, EVENT | {"id": ""}, EVENT | {"id": 1}])
def test_what_is_no_task_is_refused(
    app: ModuleType, context: Context, wrong: dict[str, object]
) -> None:
    with pytest.raises(app.InvalidTaskError):
        app.handler(wrong, context)
