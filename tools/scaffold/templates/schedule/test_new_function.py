"""new_function: the moment of the schedule, or the days that are asked for."""

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


def test_the_moment_of_the_schedule_is_worked_on(app: ModuleType, context: Context) -> None:
    moment = "2026-11-25T01:00:00+00:00"
    assert app.handler(EVENT, context) == {"first": moment, "last": moment}


def test_a_day_can_be_asked_for_by_hand(app: ModuleType, context: Context) -> None:
    asked = {"day": "2026-11-24"}
    assert app.handler(asked, context) == {"first": "2026-11-24", "last": "2026-11-24"}


def test_another_event_is_refused(app: ModuleType, context: Context) -> None:
    with pytest.raises(Exception, match="Give"):
        app.handler({}, context)
