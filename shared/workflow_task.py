"""From what a workflow hands to a function to one of the tasks that the function knows."""

from __future__ import annotations

from typing import Any

import msgspec

from json_log import bind


class InvalidTaskError(Exception):
    """What the workflow sent is no task of this function; the message says where it is wrong."""


def read_task(event: Any, kinds: Any) -> Any:  # noqa: ANN401  any JSON, types
    """Return `event` as one of `kinds`, which its field ``task`` names; logs tell whose it is.

    Parameters
    ----------
    event
        The payload of the workflow's task: ``{"task": "reserve", "order": {…}}``.
    kinds
        Structs with ``tag_field="task"`` and the order that the task is for, joined by ``|``.

    Raises
    ------
    InvalidTaskError
        It is none of them.
    """
    bind(None)
    try:
        task = msgspec.convert(event, kinds)
    except msgspec.ValidationError as error:
        raise InvalidTaskError(str(error)) from error
    bind(task.order.correlation_id)
    return task
