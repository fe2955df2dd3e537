"""Find an interpreter of one minor version of Python on this machine. Standard library only."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Long enough for a slow disk, short enough for a shim that waits for somebody.
ANSWER_SECONDS = 20

_QUESTION = """\
import sys, sysconfig, importlib.machinery as m
print(sys.implementation.name, '%d.%d.%d' % sys.version_info[:3])
print(sys.implementation.cache_tag)
print(sysconfig.get_platform())
print(*m.EXTENSION_SUFFIXES)
"""


def find_python(minor: str) -> Path | None:
    """
    Return an interpreter of version `minor` that really runs, or None.

    Looked through in this order: the running interpreter, ``python<minor>`` on PATH, the versions
    of pyenv, the interpreters that uv manages, the usual folders of macOS and Linux.

    Parameters
    ----------
    minor
        A version such as ``3.13``.

    Returns
    -------
    Path | None
        The interpreter's own path (never a shim's).
    """
    for candidate in candidates(minor):
        answer = ask(candidate, minor)
        if answer is not None:
            return answer
    return None


def candidates(minor: str) -> list[Path]:
    """List the paths that may be an interpreter of version `minor`; none of them is run."""
    found: list[Path] = []
    if minor == f"{sys.version_info.major}.{sys.version_info.minor}":
        found.append(Path(sys.executable))
    on_path = shutil.which(f"python{minor}")
    if on_path:
        found.append(Path(on_path))
    found.extend(folder / f"python{minor}" for folder in _folders(minor))
    return [path for path in dict.fromkeys(found) if path.is_file()]


def ask(candidate: Path, minor: str) -> Path | None:
    """Return where the interpreter `candidate` really lies, None unless it runs and is `minor`."""
    question = "import sys; print('%d.%d' % sys.version_info[:2]); print(sys.executable)"
    try:
        done = subprocess.run(
            [candidate, "-I", "-S", "-c", question],
            capture_output=True, text=True, timeout=ANSWER_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    answer = done.stdout.splitlines()
    if done.returncode or len(answer) != 2 or answer[0] != minor:
        return None
    return Path(answer[1])


def described(found: list[Path], minor: str) -> tuple[str, str, str, str, list[str]] | None:
    """Say of the first interpreter of `found` that answers where it is and what it can load.

    Returns
    -------
    tuple | None
        Its own path, implementation and version (``cpython 3.13.5``), the tag of its bytecode
        (``cpython-313``), that with its platform, and the ends of names of native modules.
    """
    for path in found:
        real = ask(path, minor)
        if real is None:
            continue
        command = [str(real), "-I", "-S", "-c", _QUESTION]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        compiler, cache_tag, platform, suffixes = done.stdout.splitlines()
        return str(real), compiler, cache_tag, f"{cache_tag}-{platform}", suffixes.split()
    return None


def _folders(minor: str) -> list[Path]:
    """Return the folders where interpreters of version `minor` may lie, the newest first."""
    home = Path.home()
    pyenv = Path(os.environ.get("PYENV_ROOT") or home / ".pyenv") / "versions"
    uv = Path(
        os.environ.get("UV_PYTHON_INSTALL_DIR")
        or Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "uv" / "python"
    )
    managed = [
        *_newest(pyenv.glob(f"{minor}*/bin")),
        *_newest(uv.glob(f"cpython-{minor}.*/bin")),
    ]
    system = [
        "/opt/homebrew/bin",
        "/usr/local/bin",
        "/usr/bin",
        f"/Library/Frameworks/Python.framework/Versions/{minor}/bin",
    ]
    return [*managed, *map(Path, system)]


def _newest(folders: Iterable[Path]) -> list[Path]:
    """Sort folders named for versions (``3.13.9/bin``), the newest first."""
    return sorted(folders, key=lambda folder: [int(n) for n in _numbers(folder)], reverse=True)


def _numbers(folder: Path) -> list[str]:
    """Return the numbers in the version that names `folder`'s parent."""
    digits = "".join(c if c.isdigit() else " " for c in folder.parent.name)
    return digits.split()
