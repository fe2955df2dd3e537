"""Where the local AWS hands execution environments to the local edge; both sides know it."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

THROTTLED = "Throttled: the function's reserved concurrency is reached"
# What the kernel takes of a socket's path: 104 bytes on macOS, 108 on Linux, with a NUL at the end.
MOST_BYTES = 103
# Not the folder that TMPDIR names: the local AWS has one of its own there, which is as deep.
SHORT = Path("/tmp")  # noqa: S108  what is made there is checked


def path_in(home: Path) -> Path:
    """
    Return the socket of the local AWS whose data is in `home`.

    Raises
    ------
    PermissionError
        The path in `home` is too long for a socket, and the folder in its place is open to others.
    """
    path = home.resolve() / "edge.sock"
    if len(bytes(path)) <= MOST_BYTES:
        return path
    folder = SHORT / f"lambda-blueprints-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    # Whoever can put a socket there would be handed the events of edge functions.
    found = folder.lstat()
    if found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise PermissionError(f"{folder} is open to others. Remove it, or chmod 700 what is yours")
    return folder / f"{hashlib.sha256(bytes(path)).hexdigest()[:16]}.sock"
