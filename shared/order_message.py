"""Order events as messages: the text that SNS carries, and what comes out of its queues."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field

from batch import RecordFailedError
from order import MAX_LINES, STATUSES, Order, OrderLine
from order_event import OrderEvent


class _Envelope(Struct, gc=False):
    """What SNS wraps a message in, unless the subscription is raw.

    https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html
    """

    kind: Literal["Notification"] = field(name="Type", default="Notification")
    message: str | None = field(name="Message", default=None)


class _Line(OrderLine, frozen=True, forbid_unknown_fields=False, gc=False):
    """A line as it is read: patterns are for what customers send, and would take most of the time.

    A field that is new does not keep an older consumer from reading an event.
    """

    sku: Annotated[str, Meta(min_length=1)]


class _Order(Order, frozen=True, gc=False):
    lines: Annotated[tuple[_Line, ...], Meta(min_length=1, max_length=MAX_LINES)]


class _Event(OrderEvent, frozen=True, gc=False):
    order: _Order


_TYPES = {status: f"order.{status}" for status in STATUSES}

_decode_envelope = msgspec.json.Decoder(_Envelope).decode
_decode_event = msgspec.json.Decoder(_Event).decode
_encode = msgspec.json.Encoder().encode


def write_event(event: OrderEvent) -> str:
    """Return `event` as the text of a message."""
    text = _encode(event).decode()
    # JSON may have them as they are, but SQS takes no message that does.
    return text.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")


def read_event(body: Any) -> OrderEvent:  # noqa: ANN401  whatever is in the place of a body
    """Return the event in the body of a queue's message: SNS's envelope, or the event itself.

    Raises
    ------
    RecordFailedError
        There is none, or one whose parts do not fit together.
    """
    if not isinstance(body, str):
        raise RecordFailedError("This is no text")
    try:
        wrapped = _decode_envelope(body).message
        event = _decode_event(body if wrapped is None else wrapped)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise RecordFailedError(f"This is no order event: {error}") from error
    order = event.order
    # Consumers know an event by its id: one that is another's would be lost as a duplicate.
    if event.id != f"{order.id}.{order.version}":
        raise RecordFailedError("The event's id is not that of its order and version")
    if event.type != _TYPES.get(order.status):
        raise RecordFailedError("The event's type is not the status of its order, or there is none")
    if not _is_instant(event.occurred_at):
        raise RecordFailedError("The event's occurred_at is no time in UTC as of ISO 8601")
    return event


def _is_instant(text: str) -> bool:
    try:
        return text.endswith("Z") and bool(datetime.fromisoformat(text))
    except ValueError:
        return False
