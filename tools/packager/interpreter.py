"""The interpreter that stands for Lambda's: which it is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from tools.packager.cache import signature
from tools.packager.errors import ToolError

if TYPE_CHECKING:
    from pathlib import Path

    from tools.packager.cache import Index


class Target(NamedTuple):
    """An interpreter of the target's version.

    `compiler` names what made the bytecode (``cpython 3.13.5``); `native` is the folder's name for
    what it can load (``cpython-313-linux-x86_64``), `suffixes` are the ends of such files' names.
    """

    path: str
    compiler: str
    cache_tag: str
    native: str
    suffixes: tuple[str, ...]


def target(minor: str, given: Path | None, index: Index) -> Target | None:
    """
    Return the interpreter to compile and import with, None when there is none.

    What interpreters answered is kept in the index for as long as none of them changes.

    Raises
    ------
    ToolError
        The interpreter that was asked for is not of version `minor`.
    """
    found = [given] if given else _candidates(minor)
    # A checkout that has moved has its own interpreter elsewhere, under the same relative path.
    asked = [[os.path.abspath(path), *signature(path)] for path in found]  # noqa: PTH100
    asked.append([os.environ.get("PYENV_VERSION", "")])
    known = index.memo.get(minor)
    if not known or known["of"] != asked:
        from tools.interpreters import described  # noqa: PLC0415  brings subprocess

        known = {"of": asked, "answer": described(found, minor)}
        index.memo[minor] = known
    if known["answer"] is None:
        if given:
            index.memo.pop(minor)
            raise ToolError(
                f"--interpreter {given} is not a Python {minor} that runs. "
                f"Give the path of one, or leave it out and the packager looks for one"
            )
        return None
    path, compiler, cache_tag, native, suffixes = known["answer"]
    return Target(path, compiler, cache_tag, native, tuple(suffixes))


def _candidates(minor: str) -> list[Path]:
    """Return the paths that may be an interpreter of version `minor`."""
    from tools.interpreters import candidates  # noqa: PLC0415  brings subprocess

    return candidates(minor)
