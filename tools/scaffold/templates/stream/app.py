"""Handles the changes in the orders' table, from its stream."""

from __future__ import annotations

from typing import Any

from batch import Change, RecordFailedError, changes, process
from json_log import log
from order_item import order_of


def handler(event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001  Lambda's own
    """Handle one batch in its order; what follows a failure comes again with it."""
    return process(changes(event), handle)


def handle(change: Change) -> None:
    """Handle one change. It may come twice: do what is the same when it is done again.

    Raises
    ------
    RecordFailedError
        What was written is no order. After the last retry the failure queue is told.
    """
    if change.new_image is None:
        return
    try:
        order = order_of(change.new_image)
    except (KeyError, TypeError, ValueError) as error:
        raise RecordFailedError("The new image is no order") from error
    log("INFO", "handled", order=order.id, status=order.status)
