"""Where the local AWS hands execution environments to the local edge; both sides know it."""

from __future__ import annotations

import hashlib
from pathlib import Path

THROTTLED = "Throttled: the function's reserved concurrency is reached"
# What the kernel takes of a socket's path: 104 bytes on macOS, 108 on Linux, with a NUL at the end.
MOST_BYTES = 103


def path_in(home: Path) -> Path:
    """Return the socket of the local AWS whose data is in `home`."""
    path = home.resolve() / "edge.sock"
    if len(bytes(path)) <= MOST_BYTES:
        return path
    digest = hashlib.sha256(bytes(path)).hexdigest()[:32]
    return Path(f"/tmp/lambda-blueprints-{digest}.sock")  # noqa: S108  only its owner's
