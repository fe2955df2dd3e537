"""Events that are no task of a function: what a workflow that was written wrongly may send."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

from tests.unit.strategies import json_values

Item = dict[str, Any]


def paths(value: object, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return where something stands in a value of JSON."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    if isinstance(value, list):
        inner = list(enumerate(value))
    return [*([here] if here else []), *(p for key, v in inner for p in paths(v, (*here, key)))]


@st.composite
def spoilt(draw: st.DrawFn, events: list[Item], needed: set[str]) -> Item:
    """Draw one of `events` without a field that is `needed`, or with one of another type."""
    event = copy.deepcopy(draw(st.sampled_from(events)))
    *way, last = draw(st.sampled_from([path for path in paths(event) if path[-1] in needed]))
    holder: Any = event
    for key in way:
        holder = holder[key]
    if draw(st.booleans()):
        del holder[last]
    else:
        was = holder[last]
        holder[last] = draw(
            json_values.filter(lambda v: type(v) is not type(was) and not _whole(v, was))
        )
    return event


def _whole(value: object, was: object) -> bool:
    """Tell whether a float is read as the whole number that it is."""
    return isinstance(was, int) and isinstance(value, float)


def anything(known: set[str]) -> st.SearchStrategy[Any]:
    """Return any JSON, and objects of which the task is none of `known`."""
    return json_values | st.fixed_dictionaries(
        {"task": json_values.filter(lambda v: v not in known if isinstance(v, str) else True)},
        optional={"order": json_values, "line": json_values, "token": json_values},
    )
