"""Does a task of a workflow."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from json_log import log


class Work(Struct, frozen=True, tag_field="task", tag="work"):
    """Work on what has this id."""

    id: Annotated[str, Meta(min_length=1)]


class InvalidTaskError(Exception):
    """What the workflow sent is no task of this function; the message says where it is wrong."""


def handler(event: Any, context: Any) -> dict[str, str]:  # noqa: ANN401, ARG001  Lambda's own
    """Do one task. The workflow may ask for it twice: do what is the same when it is done again."""
    try:
        work = msgspec.convert(event, Work)
    except msgspec.ValidationError as error:
        raise InvalidTaskError(str(error)) from error
    log("INFO", "done", task="work", id=work.id)
    return {"id": work.id, "state": "done"}
