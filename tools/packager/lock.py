"""A function's requirements.txt and its lock: what they ask for, and whether one fits the other."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tools.packager.errors import Fault, SourceError

if TYPE_CHECKING:
    from pathlib import Path

LOCK = "requirements.lock"
REQUIREMENTS = "requirements.txt"
MEND_LOCK = "Run make package and commit the lock"


def wants_dependencies(requirements: bytes) -> bool:
    """Tell whether a requirements.txt asks for anything at all."""
    lines = requirements.decode(errors="replace").splitlines()
    return any(line.partition("#")[0].strip() for line in lines)


def check_requirements(path: Path, content: bytes) -> None:
    """
    Refuse options in a requirements.txt.

    An index belongs into the builder's settings, and another file's changes would go unnoticed.

    Raises
    ------
    SourceError
        A line begins with a hyphen.
    """
    faults = [
        Fault(
            f"{path}:{number}",
            f"{line.strip()!r} is an option, not a requirement",
            "Write requirements by name and version; name an index in UV_DEFAULT_INDEX",
        )
        for number, line in enumerate(content.decode(errors="replace").splitlines(), start=1)
        if line.strip().startswith("-")
    ]
    if faults:
        raise SourceError(*faults)


def header(requirements: bytes, runtime: str) -> str:
    """Return the first lines of a lock: what it was made from."""
    return (
        f"# Made by make package for Python {runtime}; do not edit.\n"
        f"# {REQUIREMENTS} sha256: {hashlib.sha256(requirements).hexdigest()}\n"
    )


def state(folder: Path, requirements: bytes, runtime: str) -> str:
    """Return ``fresh``, ``missing``, ``stale`` or that it is for another Python."""
    try:
        lock = (folder / LOCK).read_text()
    except FileNotFoundError:
        return "missing"
    wanted = header(requirements, runtime)
    if lock.startswith(wanted):
        return "fresh"
    same_python = lock.startswith(wanted.partition("\n")[0])
    return "stale" if same_python else f"not made for Python {runtime}"
