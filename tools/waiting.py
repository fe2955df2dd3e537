"""Wait until something can be seen."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

POLL_SECONDS = 0.05


class NotSeenError(Exception):
    """What was waited for did not come in time; the message says what that was."""


def until(
    what: str,
    look: Callable[[], T | None],
    *,
    seconds: float = 30,
    every: float = POLL_SECONDS,
) -> T:
    """Look again and again until there is something to see, and return it.

    Parameters
    ----------
    what
        What is waited for, in words.
    look
        Gives what it sees; nothing (None, False, or empty) for not yet.
    seconds
        How long to wait.
    every
        Seconds between two looks.

    Raises
    ------
    NotSeenError
        It did not come.
    """
    deadline = time.monotonic() + seconds
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise NotSeenError(f"{what}: not within {seconds:g} s")
        time.sleep(every)
    return seen
