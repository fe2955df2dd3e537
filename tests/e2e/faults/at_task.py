"""Fails in the tasks that are planned for an order: always or once, before or after their work."""

from __future__ import annotations

import json
import os
from importlib import import_module
from pathlib import Path
from typing import Any

app: Any = import_module("app")  # the function's own
settings = json.loads(Path(__file__).with_name("fault.json").read_text())


class BrokenError(Exception):
    """What no workflow has heard of."""


def handler(event: Any, context: Any) -> Any:  # noqa: ANN401  Lambda's own
    """Do the task, unless it fails."""
    order_id, task = event["order"]["id"], event["task"]
    plan = settings["plans"].get(order_id, {}).get(task)
    if plan is None or not _fails(f"{order_id}-{task}", once=plan["once"]):
        return app.handler(event, context)
    if plan["late"]:
        app.handler(event, context)
    raise BrokenError(task)


def _fails(name: str, *, once: bool) -> bool:
    if not once:
        return True
    try:
        os.close(os.open(Path(settings["folder"]) / f"failed-{name}", os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True
