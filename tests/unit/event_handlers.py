"""What the tests of event handlers share: handlers as Lambda loads them, events, malformed ones."""

from __future__ import annotations

import importlib.util
import itertools
import json
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import msgspec
from hypothesis import strategies as st

from order import NewOrder, Order, OrderLine, place
from order_event import OrderEvent, event_of
from order_item import item_of
from order_message import write_event

if TYPE_CHECKING:
    from collections.abc import Iterator

    Json = dict[str, Any]
    Module = Any  # of a handler, which has names of its own

ROOT = Path(__file__).parents[2]
EVENTS = Path(__file__).parent / "events"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
}
CASES = 2_000
"""How many malformed events each handler gets."""
SEEDS = st.integers(0, 2**32 - 1)


class Context:
    """Lambda's context: with so much time left, and less with each look."""

    aws_request_id = "8f5cde08-7b0a-4b5b-9f0e-000000000001"

    def __init__(self, *milliseconds: int) -> None:
        self._left = iter(milliseconds or itertools.repeat(30_000))

    def get_remaining_time_in_millis(self) -> int:
        return next(self._left)


@contextmanager
def handler(function: str, **environment: str) -> Iterator[Module]:
    """Give the module of a function, loaded anew with an environment of its own."""
    path = ROOT / "functions" / function / "app.py"
    with mock.patch.dict(os.environ, CREDENTIALS | environment):
        spec = importlib.util.spec_from_file_location(f"{function}_app", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module


def documented(name: str) -> Json:
    """Return an event as AWS documents it."""
    event: Json = json.loads((EVENTS / f"{name}.json").read_text())
    return event


def order(number: int = 0, *, status: str = "placed", version: int = 1, lines: int = 1) -> Order:
    """Return an order; `number` tells it from others."""
    articles = tuple(OrderLine(f"article-{n}", 1 + n, 250) for n in range(lines))
    placed = place(
        NewOrder(f"customer-{number}@example.com", "EUR", articles),
        order_id=f"order{number:021d}",
        at="2025-11-25T09:30:00.000123Z",
    )
    at = f"2025-11-25T09:30:{version:02d}.000123Z"
    return msgspec.structs.replace(placed, status=status, version=version, updated_at=at)


def event(number: int = 0, *, status: str = "placed", version: int = 1) -> OrderEvent:
    """Return an event of `order`."""
    return event_of(order(number, status=status, version=version))


def envelope(happened: OrderEvent) -> str:
    """Return what SNS puts into a queue."""
    return json.dumps(
        {
            "Type": "Notification",
            "MessageId": f"message-{happened.id}",
            "TopicArn": "arn:aws:sns:eu-west-1:123456789012:shop-order-events",
            "Message": write_event(happened),
            "Timestamp": "2025-11-25T09:30:01.123Z",
            "MessageAttributes": {"type": {"Type": "String", "Value": happened.type}},
        }
    )


def queue_event(*bodies: Any, group: str | None = None) -> Json:  # noqa: ANN401  malformed ones too
    """Return an SQS event; message n has the id ``message-n``."""
    template = documented("sqs_raw" if group is None else "sqs_fifo")["Records"][0]
    return {
        "Records": [
            {**template, "messageId": f"message-{n}", "body": body} for n, body in enumerate(bodies)
        ]
    }


def change(before: Order | None, after: Order | None) -> Json:
    """Return a record of a stream, but for its sequence number."""
    template = documented("dynamodb_stream")["Records"][0]
    images = {"OldImage": before, "NewImage": after}
    data = {name: item_of(image) for name, image in images.items() if image is not None}
    name = "REMOVE" if after is None else "INSERT" if before is None else "MODIFY"
    return {**template, "eventName": name, "dynamodb": data}


def stream_event(*records: Json) -> Json:
    """Return a stream's event; change n has the sequence number 10000 + n."""
    return {
        "Records": [
            {**record, "dynamodb": {**record["dynamodb"], "SequenceNumber": str(10_000 + n)}}
            for n, record in enumerate(records)
        ]
    }


def failed(answer: Json) -> list[str]:
    """Return the identifiers that an answer reports."""
    assert list(answer) == ["batchItemFailures"]
    assert all(list(failure) == ["itemIdentifier"] for failure in answer["batchItemFailures"])
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


# What is in no field of an order or its event, whatever the field.
_WRONG = st.sampled_from([None, True, 1.5, -1, [], {}, [None], {"S": ["x"]}, 10**30])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def _paths(value: Any, prefix: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401
    children = value.items() if isinstance(value, dict) else enumerate(value)
    for key, child in children:
        yield (*prefix, key)
        if isinstance(child, dict | list):
            yield from _paths(child, (*prefix, key))


@st.composite
def damaged(draw: st.DrawFn, whole: Json) -> Json:
    """Draw a copy of some JSON that lacks a field or has what cannot be in it."""
    copy: Json = json.loads(json.dumps(whole))
    *way, last = draw(st.sampled_from(list(_paths(copy))))
    place_of: Any = copy
    for key in way:
        place_of = place_of[key]
    if draw(st.booleans()):
        del place_of[last]
    else:
        place_of[last] = draw(_WRONG)
    return copy


_PLAIN: Json = json.loads(write_event(event()))
_WRAPPED: Json = json.loads(envelope(event()))
_CONTRADICTIONS = (
    {"id": "other.1"},
    {"type": "order.failed"},
    {"occurred_at": "2025-13-01T00:00:00Z"},
    {"occurred_at": "2025-11-25T09:30:00"},
    {"order": _PLAIN["order"] | {"version": 7}},
)
_torn = damaged(_PLAIN).map(json.dumps)

malformed_bodies = st.one_of(
    st.none() | st.integers() | st.lists(st.text(max_size=5)) | st.just(_PLAIN),
    st.text(max_size=50) | st.just("\ud800"),
    _JSON.map(json.dumps),
    st.sampled_from([_PLAIN, _WRAPPED])
    .map(json.dumps)
    .flatmap(lambda text: st.integers(0, len(text) - 1).map(lambda end: text[:end])),
    _torn,
    (_torn | st.sampled_from(["", "{", "[]", 5, _PLAIN])).map(
        lambda message: json.dumps(_WRAPPED | {"Message": message})
    ),
    st.sampled_from(["SubscriptionConfirmation", 5, None]).map(
        lambda kind: json.dumps(_WRAPPED | {"Type": kind})
    ),
    st.sampled_from(_CONTRADICTIONS).map(lambda other: json.dumps(_PLAIN | other)),
)
"""What may be in the place of a body but is no order event."""


@st.composite
def queue_batches(draw: st.DrawFn) -> tuple[list[Any], list[bool]]:
    """Draw bodies of a batch, and which of them are malformed: one at the least."""
    bad = draw(st.lists(st.booleans(), min_size=1, max_size=3).filter(any))
    bodies = [
        draw(malformed_bodies) if is_bad else envelope(event(100 + number))
        for number, is_bad in enumerate(bad)
    ]
    return bodies, bad


def no_batches(name: str, *identifier: str) -> st.SearchStrategy[Any]:
    """Return what invokes a function but is no batch of the kind that is documented as `name`.

    `identifier` is the way to what a record is reported by.
    """
    whole = documented(name)
    first = whole["Records"][0]

    def without(way: tuple[str, ...], record: Json) -> Json:
        if len(way) == 1:
            return {key: value for key, value in record.items() if key != way[0]}
        return record | {way[0]: without(way[1:], record[way[0]])}

    nameless = [first | {"eventSource": "aws:other"}, without(("eventSource",), first)]
    nameless += [without(identifier[:depth], first) for depth in range(1, len(identifier) + 1)]
    return st.one_of(
        _JSON,
        st.fixed_dictionaries({"Records": _JSON}),
        st.fixed_dictionaries({"Records": st.lists(_JSON, max_size=3)}),
        st.tuples(st.sampled_from(nameless), st.integers(0, len(whole["Records"]))).map(
            lambda drawn: {
                "Records": [*whole["Records"][: drawn[1]], drawn[0], *whole["Records"][drawn[1] :]]
            }
        ),
    )
