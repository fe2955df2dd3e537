"""Connections: each serves as many requests as come over it.

After 1,000 of them Hypercorn says on HTTP/2 that it ends the connection, and takes what the client
sends before it has read that for a breach of the protocol: answers under way are lost with it. An
apply sends as many, and the AWS provider tries none of them again.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any


def repair() -> None:
    """Put everything in; MiniStack must not serve yet."""
    config: Any = import_module("hypercorn.config").Config
    config.keep_alive_max_requests = sys.maxsize
