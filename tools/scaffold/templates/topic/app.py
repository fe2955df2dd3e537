"""Handles what happens to orders, as the topic order_events tells it."""

from __future__ import annotations

from typing import Any

from batch import messages, process
from json_log import log
from order_message import read_event


def handler(event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001  Lambda's own
    """Handle the events in one batch of messages; tell those that failed, which come again."""
    return process(messages(event), handle)


def handle(body: Any) -> None:  # noqa: ANN401  whatever is in the place of a message's body
    """Handle one event. It may come twice, or after a later one; its id is always the same.

    Raises
    ------
    RecordFailedError
        The message holds no order event. After the last retry it goes to the dead-letter queue.
    """
    event = read_event(body)
    log("INFO", "handled", event_id=event.id, type=event.type)
