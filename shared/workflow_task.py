"""From what a workflow hands to a function to one of the tasks that the function knows."""

from __future__ import annotations

from typing import Any

import msgspec


class InvalidTaskError(Exception):
    """What the workflow sent is no task of this function; the message says where it is wrong."""


def read_task(event: Any, kinds: Any) -> Any:  # noqa: ANN401  any JSON, types
    """Return `event` as one of `kinds`, which its field ``task`` names.

    Parameters
    ----------
    event
        The payload of the workflow's task: ``{"task": "reserve", "order": {…}}``.
    kinds
        Structs with ``tag_field="task"``, joined by ``|``.

    Raises
    ------
    InvalidTaskError
        It is none of them.
    """
    try:
        return msgspec.convert(event, kinds)
    except msgspec.ValidationError as error:
        raise InvalidTaskError(str(error)) from error
