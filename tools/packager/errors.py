"""What can go wrong: faults of a function's source (exit 1) and of the surroundings (exit 2)."""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    """One fault in the source of a function, said so that its author can mend it."""

    where: str
    what: str
    mend: str

    def __str__(self) -> str:
        """Return ``file:line: what. mend``."""
        return f"{self.where}: {self.what}. {self.mend}"


class SourceError(Exception):
    """A function cannot be packaged because of its own source."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


class ToolError(Exception):
    """The packager could not run: a program is missing, the index does not answer, a bad argument.

    The message names the thing, the value and the mend.
    """
