"""new_function: an event is handled when it is as agreed."""

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


def test_an_event_is_handled(app: ModuleType, context: Context) -> None:
    assert app.handler(EVENT, context) == {"id": "A1"}


def test_an_event_without_what_it_is_about_is_refused(app: ModuleType, context: Context) -> None:
    with pytest.raises(app.InvalidEventError, match="id"):
        app.handler(EVENT | {"detail": {}}, context)
