"""Does a task of a workflow."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from json_log import log
from workflow_task import read_task


class Work(Struct, frozen=True, tag_field="task", tag="work"):
    """Work on what has this id."""

    id: Annotated[str, Meta(min_length=1)]


def handler(event: Any, context: Any) -> dict[str, str]:  # noqa: ANN401, ARG001  Lambda's own
    """Do one task. The workflow may ask for it twice: do what is the same when it is done again."""
    work = read_task(event, Work)
    log("INFO", "done", task="work", id=work.id)
    return {"id": work.id, "state": "done"}
