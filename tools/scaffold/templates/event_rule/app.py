"""Handles what other systems tell on the event bus."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct, field

from json_log import log


class Detail(Struct, frozen=True):
    """What the event is about."""

    id: Annotated[str, Meta(min_length=1)]


class Event(Struct, frozen=True):
    """An event of EventBridge, as far as it is read.

    https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
    """

    id: str
    source: str
    detail_type: str = field(name="detail-type")
    detail: Detail


class InvalidEventError(Exception):
    """The event is not as agreed; the message says where."""


def handler(event: Any, context: Any) -> dict[str, str]:  # noqa: ANN401, ARG001  Lambda's own
    """Handle one event. What raises is tried twice more, then goes to the dead-letter queue."""
    try:
        told = msgspec.convert(event, Event)
    except msgspec.ValidationError as error:
        raise InvalidEventError(str(error)) from error
    log("INFO", "handled", event_id=told.id, kind=told.detail_type, about=told.detail.id)
    return {"id": told.detail.id}
