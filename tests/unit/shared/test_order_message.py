"""Order events as messages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec
import pytest

from batch import RecordFailedError
from order_message import read_event, write_event
from tests.unit.event_handlers import documented, envelope, event

if TYPE_CHECKING:
    from collections.abc import Callable

    from order_event import OrderEvent


def test_an_event_has_the_fields_that_consumers_read() -> None:
    written = json.loads(write_event(event(7, status="cancelled", version=2)))
    assert list(written) == ["id", "type", "occurred_at", "order"]
    assert written["id"] == written["order"]["id"] + ".2"
    assert written["type"] == "order.cancelled"
    assert written["occurred_at"] == written["order"]["updated_at"]


def test_the_same_order_has_the_same_event() -> None:
    assert write_event(event(7)) == write_event(event(7))


@pytest.mark.parametrize("wrap", [write_event, envelope])
def test_an_event_is_read_raw_and_from_snss_envelope(wrap: Callable[[OrderEvent], str]) -> None:
    assert write_event(read_event(wrap(event()))) == write_event(event())


@pytest.mark.parametrize("name", ["sqs_raw", "sqs_from_sns"])
def test_documented_bodies_hold_events(name: str) -> None:
    found = [read_event(record["body"]).type for record in documented(name)["Records"]]
    assert found == ["order.placed", "order.cancelled"]


@pytest.mark.parametrize("customer", ["Zoë 🛒", "\ufffe\uffff", '\x00\n"\\'])
def test_any_text_goes_through_as_characters_that_sqs_takes(customer: str) -> None:
    order = msgspec.structs.replace(event().order, customer=customer)
    written = write_event(msgspec.structs.replace(event(), order=order))
    assert not any(ord(c) < 32 or c in "\ufffe\uffff" for c in written)
    assert read_event(written).order.customer == customer


def test_fields_that_are_new_do_not_disturb() -> None:
    written = json.loads(write_event(event()))
    written["trace"] = written["order"]["channel"] = "new"
    written["order"]["lines"][0]["colour"] = "new"
    assert write_event(read_event(json.dumps(written))) == write_event(event())


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (None, "no text"),
        ("", "truncated"),
        ("{}", "missing required field `id`"),
        ('{"Type": "SubscriptionConfirmation", "Message": "x"}', "SubscriptionConfirmation"),
        (envelope(event()).replace("occurred_at", "at"), "missing required field `occurred_at`"),
        (write_event(event()).replace('"id":"order', '"id":"another', 1), "id is not that"),
        (write_event(event()).replace("order.placed", "order.failed"), "type is not"),
        (write_event(event(status="lost")), "type is not"),
        (write_event(event()).replace("2025-11-25T09:30:01", "2025-13-01T00:00:00"), "no time"),
        (write_event(event()).replace("123Z", "123"), "no time"),
    ],
)
def test_what_is_no_event_is_refused_naming_why(body: object, reason: str) -> None:
    with pytest.raises(RecordFailedError, match=reason):
        read_event(body)
