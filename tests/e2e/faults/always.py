"""Fails, whatever the event."""

from __future__ import annotations

from typing import Any


class BrokenError(Exception):
    """What a mistake in a new version raises."""


def handler(event: Any, context: Any) -> Any:  # noqa: ANN401, ARG001  Lambda's own
    """Fail."""
    raise BrokenError
