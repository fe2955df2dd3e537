"""new_function: who is named is greeted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

    from tests.unit.functions.conftest import Context, Load

EVENT = json.loads(Path(__file__).with_name("event.json").read_text())


@pytest.fixture
def app(load: Load) -> ModuleType:
    return load("new_function")


def answer(app: ModuleType, context: Context, event: Any) -> tuple[int, Any]:  # noqa: ANN401
    given = app.handler(event, context)
    return given["statusCode"], json.loads(given["body"])


def test_who_is_named_is_greeted(app: ModuleType, context: Context) -> None:
    assert answer(app, context, EVENT) == (200, {"message": "Hello, Ada"})


def test_a_request_that_names_nobody_is_told_what_to_send(
    app: ModuleType, context: Context
) -> None:
    status, problem = answer(app, context, EVENT | {"rawQueryString": ""})
    assert (status, problem["detail"]) == (400, "Say whom to greet: ?name=Ada")


def test_another_path_is_not_found(app: ModuleType, context: Context) -> None:
    assert answer(app, context, EVENT | {"rawPath": "/other"})[0] == 404
