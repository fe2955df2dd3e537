"""Answers GET /new-function?name=Ada."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from http_dispatch import Answer, Problem, dispatch

if TYPE_CHECKING:
    from http_dispatch import Request, Routes


class NobodyError(Exception):
    """The request names nobody."""


def handler(event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401  Lambda's own
    """Answer one HTTP event."""
    return dispatch(event, context, ROUTES, problem_of)


def greet(request: Request) -> Answer:
    """Greet whom the query names."""
    name = request.one("name")
    if not name:
        raise NobodyError
    return Answer(200, msgspec.json.encode({"message": f"Hello, {name}"}))


def problem_of(error: Exception) -> Problem | None:
    """Return what the client is told of an error; None for one that nobody expected."""
    if isinstance(error, NobodyError):
        return Problem(400, "Say whom to greet: ?name=Ada")
    return None


ROUTES: Routes = {("new-function",): {"GET": greet}}
