"""What workers side by side, or two runs of the tests, may not do at the same time."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tools.paths import CACHE

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCKS = CACHE / "tests" / "locks"


@contextmanager
def one_at_a_time(what: str) -> Iterator[None]:
    """Let one process at a time do it; the others wait.

    Parameters
    ----------
    what
        Names it among all tests, such as ``core``; it is a file's name.
    """
    _LOCKS.mkdir(parents=True, exist_ok=True)
    with (_LOCKS / what).open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
