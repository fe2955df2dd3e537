"""Reads Amazon States Language: the graphs of a definition and what their states call."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

Graph: TypeAlias = dict[str, Any]
State: TypeAlias = dict[str, Any]

_FUNCTION = re.compile(r"arn:[\w-]+:lambda:[\w-]*:\w*:function:[\w-]+(?::[\w$-]+)?")
_ENDS = {"Succeed", "Fail"}
_TYPES = {"Task", "Pass", "Choice", "Wait", "Parallel", "Map", *_ENDS}


class UnreadableDefinitionError(Exception):
    """A definition is no JSON, or has no states."""


def graphs(text: str) -> list[Graph]:
    """Return the graph of a definition, and those of the branches and maps in it.

    Raises
    ------
    UnreadableDefinitionError
        When there is none.
    """
    try:
        top = json.loads(text)
    except ValueError as error:
        raise UnreadableDefinitionError(f"its definition is no JSON: {error}") from error
    if not isinstance(top, dict):
        raise UnreadableDefinitionError("its definition is no object")
    return list(_graphs(top))


def _graphs(graph: Graph) -> Iterator[Graph]:
    if not isinstance(graph.get("States"), dict) or not graph["States"]:
        raise UnreadableDefinitionError("a graph has no States")
    yield graph
    for state in graph["States"].values():
        inner = [*state.get("Branches", [])]
        inner += [state[key] for key in ("Iterator", "ItemProcessor") if key in state]
        for one in inner:
            yield from _graphs(one)


def known_graphs(text: str) -> list[Graph]:
    """Return the graphs of a definition; none when it is not known or broken."""
    try:
        return graphs(text) if text else []
    except UnreadableDefinitionError:
        return []


def states(text: str) -> Iterator[tuple[str, State]]:
    """Yield every state of a definition with its name."""
    for graph in known_graphs(text):
        yield from graph["States"].items()


def invokes(state: State) -> bool:
    """Whether a state calls a function."""
    resource = str(state.get("Resource", ""))
    return state.get("Type") == "Task" and (
        ":states:::lambda:invoke" in resource or bool(_FUNCTION.match(resource))
    )


def functions(state: State) -> list[str]:
    """Return the ARNs of the functions that a state calls."""
    if not invokes(state):
        return []
    given = state.get("Parameters", state.get("Arguments", {}))
    name = str(given.get("FunctionName", "")) if isinstance(given, dict) else ""
    return [match.group() for match in map(_FUNCTION.match, (state["Resource"], name)) if match]


def complaints(graph: Graph) -> Iterator[str]:
    """Yield what is wrong with how the states of a graph follow each other."""
    found: dict[str, State] = graph["States"]
    start = graph.get("StartAt")
    if start not in found:
        yield f'StartAt names "{start}", and there is no such state'
        return
    for name, state in found.items():
        if state.get("Type") not in _TYPES:
            yield f'state "{name}" is of type {state.get("Type")}, which does not exist'
        for target in _targets(state):
            if target not in found:
                yield f'state "{name}" goes to "{target}", and there is no such state'
        if not _targets(state) and not _ends(state):
            yield f'state "{name}" has no Next and no End'
    reached = _reached(found, str(start))
    for name in found:
        if name not in reached:
            yield f'no state leads to "{name}"'
    if not any(_ends(found[name]) for name in reached):
        yield "no state that it can reach ends it"


def _ends(state: State) -> bool:
    return bool(state.get("End")) or state.get("Type") in _ENDS


def _targets(state: State) -> list[str]:
    rules = [*state.get("Choices", []), *state.get("Catch", [])]
    given = [state.get("Next"), state.get("Default"), *(rule.get("Next") for rule in rules)]
    return [str(target) for target in given if target is not None]


def _reached(found: dict[str, State], start: str) -> set[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in found and name not in reached:
            reached.add(name)
            waiting += _targets(found[name])
    return reached
