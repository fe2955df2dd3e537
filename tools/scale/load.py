"""The load that is multiplied, and the settings that meet it: docs/data/load.json."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass
from typing import Any

from tools import paths

FILE = paths.ROOT / "docs" / "data" / "load.json"
ASL = paths.MODULES / "order_service" / "fulfilment.asl.json"


@dataclass(frozen=True)
class Figure:
    """One figure: assumed, or a setting that is written as `text` in `file`."""

    id: str
    what: str
    value: float
    unit: str
    grows: bool = False
    file: str = ""
    text: str = ""


@functools.cache
def figures() -> dict[str, Figure]:
    """Return every figure by its id."""
    return {one["id"]: Figure(**one) for one in json.loads(FILE.read_text())}


def of(figure: str) -> float:
    """Return the value of a figure, as ``of("orders")``."""
    return figures()[figure].value


@dataclass(frozen=True)
class Path:
    """What an order goes through that is small, in stock and paid: states, tasks among them."""

    states: int
    tasks: int


@functools.cache
def happy_path() -> Path:
    """Return how many states of the fulfilment an order with the usual number of lines enters."""
    definition = json.loads(re.sub(r"\$\{[^}]*\}", "1", ASL.read_text()))
    return _walk(definition)


def _walk(machine: dict[str, Any]) -> Path:
    states = tasks = 0
    name = machine["StartAt"]
    while name:
        state = machine["States"][name]
        states += 1
        tasks += state["Type"] == "Task"
        inner = [(1, branch) for branch in state.get("Branches", [])]
        if "ItemProcessor" in state:
            inner.append((round(of("lines")), state["ItemProcessor"]))
        for times, part in inner:
            found = _walk(part)
            states += times * found.states
            tasks += times * found.tasks
        name = _next(state)
    return Path(states, tasks)


def _next(state: dict[str, Any]) -> str | None:
    """Return the state that follows when all is well: of a choice, the one where both are done."""
    if state["Type"] != "Choice":
        return state.get("Next")
    for choice in state["Choices"]:
        if "And" in choice:
            return str(choice["Next"])
    return str(state["Default"])
