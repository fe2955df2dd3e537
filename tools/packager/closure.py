"""Which files of a function its imports lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Container, Iterable


def resolve(name: str, importer: str, files: Container[str]) -> list[str]:
    """
    Return the files that importing `name` in the file `importer` would run.

    Parameters
    ----------
    name
        A dotted name as in `Facts`.
    importer
        The importing file's name, such as ``billing/tax.py``.
    files
        The names of the files there are.
    """
    parts = name.lstrip(".").split(".") if name.strip(".") else []
    dots = len(name) - len(name.lstrip("."))
    if dots:
        folders = importer.split("/")[:-1]
        parts = folders[: len(folders) - (dots - 1)] + parts
    found = []
    for end in range(1, len(parts) + 1):
        stem = "/".join(parts[:end])
        # A package wins over a module of the same name, as in Python's own finder.
        for file in (f"{stem}/__init__.py", f"{stem}.py"):
            if file in files:
                found.append(file)
                break
    return found


def closure(
    starts: Iterable[str], files: Collection[str], imports_of: Callable[[str], list[str]]
) -> set[str]:
    """Return `starts` and every file of `files` that they import, directly or not."""
    reached = set(starts)
    waiting = list(reached)
    while waiting:
        file = waiting.pop()
        for name in imports_of(file):
            new = set(resolve(name, file, files)) - reached
            reached |= new
            waiting.extend(new)
    return reached
