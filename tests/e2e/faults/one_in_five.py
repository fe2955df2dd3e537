"""Raises in one of five invocations, before or after the handler has done its work."""

from __future__ import annotations

import json
import os
import random
from importlib import import_module
from pathlib import Path
from typing import Any

SHARE = 0.2
app: Any = import_module("app")  # the function's own
settings = json.loads(Path(__file__).with_name("fault.json").read_text())


def _mark(what: str) -> int:
    """Leave a file that tells of what has happened; return how often it had before."""
    count = 0
    while True:
        try:
            os.close(os.open(Path(settings["folder"]) / f"{what}-{count}", os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            count += 1
        else:
            return count


# The same draws in every run for the first, second, … environment that is started.
draw = random.Random(settings["seed"] + _mark("started"))  # noqa: S311  no secret


def handler(event: Any, context: Any) -> Any:  # noqa: ANN401  Lambda's own
    """Do the work, unless it fails before, or after."""
    fails, before = draw.random() < SHARE, draw.random() < 0.5
    if fails:
        _mark("failed")
    if fails and before:
        raise RuntimeError("Fails before its work")
    answer = app.handler(event, context)
    if fails:
        raise RuntimeError("Fails after its work")
    return answer
