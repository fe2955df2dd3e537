"""Whatever the event: it is imported, or the function says clearly why not. Never silence."""

from __future__ import annotations

import copy
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.functions.order_import.conftest import PUT_EVENT
from tools.paths import ROOT

if TYPE_CHECKING:
    from types import ModuleType

    from tests.unit.functions.conftest import Context, Load

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


def paths(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the way to each part of a JSON value."""
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    if isinstance(value, list):
        inner = list(enumerate(value))
    return [path, *(found for key, part in inner for found in paths(part, (*path, key)))]


@st.composite
def damaged(draw: st.DrawFn) -> Any:  # noqa: ANN401  any JSON
    """Draw an event of S3 with one to three parts replaced or taken away."""
    event = copy.deepcopy(PUT_EVENT)
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(paths(event)[1:]))
        part: Any = event
        for key in way:
            part = part[key]
        if draw(st.booleans()):
            part[last] = draw(JSON | st.text())
        else:
            del part[last]
        if not paths(event)[1:]:
            break
    return event


@pytest.fixture
def app(load: Load, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the function with every upload taken for one that was imported."""
    app = load("order_import", TABLE_NAME="orders", REPORT_PREFIX="reports/")
    monkeypatch.setattr(app, "import_file", lambda upload, *_: SimpleNamespace(key=upload.key))
    monkeypatch.setattr(app.msgspec, "to_builtins", lambda summary: {"key": summary.key})
    return app


def outcome(app: ModuleType, event: Any, context: Context) -> list[dict[str, Any]]:  # noqa: ANN401
    """Return what was imported; the one error that may be is that of an event of another kind."""
    try:
        done: list[dict[str, Any]] = app.handler(event, context)
    except app.uploads_in.__globals__["NotAnUploadError"] as error:
        assert "no event of an upload to S3" in str(error)
        return []
    assert done
    assert len(done) == len(event["Records"])
    return done


@settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
@given(event=damaged())
def test_a_damaged_event_is_imported_or_refused_in_words(
    app: ModuleType,
    context: Context,
    event: Any,  # noqa: ANN401
) -> None:
    outcome(app, event, context)


@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(event=JSON)
def test_any_json_is_refused_in_words(
    app: ModuleType,
    context: Context,
    event: Any,  # noqa: ANN401
) -> None:
    assert outcome(app, event, context) == []


@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(key=st.text(min_size=1, max_size=60) | st.binary(max_size=20).map(lambda b: "%" + b.hex()))
def test_any_key_is_imported_or_refused_in_words(
    app: ModuleType, context: Context, key: str
) -> None:
    event = copy.deepcopy(PUT_EVENT)
    event["Records"][0]["s3"]["object"]["key"] = key
    for done in outcome(app, event, context):
        assert 1 <= len(done["key"].encode()) <= 1024


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"Records": []}, "length >= 1"),
        ({"Records": None}, "Records"),
        ({}, "missing required field `Records`"),
        ([], "Expected `object`"),
        (None, "Expected `object`"),
        ({"Records": [{"eventSource": "aws:sqs", "body": "{}"}]}, "Records"),
    ],
)
def test_an_event_of_another_kind_is_refused_with_where_and_why(
    app: ModuleType,
    context: Context,
    change: Any,  # noqa: ANN401
    says: str,
) -> None:
    with pytest.raises(app.uploads_in.__globals__["NotAnUploadError"], match=says):
        app.handler(change, context)


@pytest.mark.parametrize("name", ["ObjectRemoved:Delete", "ObjectTagging:Put", "TestEvent"])
def test_an_event_that_is_no_upload_is_refused(
    app: ModuleType, context: Context, name: str
) -> None:
    event = copy.deepcopy(PUT_EVENT)
    event["Records"][0]["eventName"] = name
    with pytest.raises(app.uploads_in.__globals__["NotAnUploadError"], match="eventName"):
        app.handler(event, context)


def test_one_bad_record_keeps_the_whole_event_from_being_half_done(
    app: ModuleType, context: Context
) -> None:
    event = {"Records": [PUT_EVENT["Records"][0], {}]}
    with pytest.raises(app.uploads_in.__globals__["NotAnUploadError"], match=r"Records\[1\]"):
        app.handler(event, context)


def test_the_test_event_of_s3_is_answered(app: ModuleType, context: Context) -> None:
    event = json.loads((ROOT / "tests/unit/events/s3_test.json").read_text())
    assert app.handler(event, context) == []
