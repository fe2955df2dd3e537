"""Handles the messages of a queue, each by itself."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from batch import RecordFailedError, messages, process
from json_log import log


class Message(Struct, frozen=True):
    """What the body of a message says, in JSON."""

    id: Annotated[str, Meta(min_length=1)]


_decode = msgspec.json.Decoder(Message).decode


def handler(event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001  Lambda's own
    """Handle the messages of one batch; tell those that failed, which come again."""
    return process(messages(event), handle)


def handle(body: Any) -> None:  # noqa: ANN401  whatever is in the place of a message's body
    """Handle one message. It may come twice: do what is the same when it is done again.

    Raises
    ------
    RecordFailedError
        It cannot be read. After the last retry it goes to the dead-letter queue.
    """
    try:
        message = _decode(body)
    except (msgspec.DecodeError, TypeError, UnicodeError) as error:
        raise RecordFailedError(f"This is no message for me: {error}") from error
    log("INFO", "handled", id=message.id)
