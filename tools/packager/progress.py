"""One line for each function: redrawn in place on a terminal, written once elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from typing import TextIO


class Progress:
    """Says what happens to each function."""

    def __init__(self, names: list[str], stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._live = self._stream.isatty()
        self._names = names
        self._width = max(map(len, names), default=0)
        self._lines = dict.fromkeys(names, "waiting")
        self._began = dict.fromkeys(names, time.perf_counter())
        self._lock = threading.Lock()
        if self._live:
            self._draw(first=True)

    def start(self, name: str, doing: str) -> None:
        """Say what is being done for `name`; its milliseconds count from the first such call."""
        with self._lock:
            if self._lines[name] == "waiting":
                self._began[name] = time.perf_counter()
            self._lines[name] = doing
            if self._live:
                self._draw()

    def done(self, name: str, outcome: str, size: int | None = None) -> None:
        """Say what came of `name`: the outcome, the zip's size, the milliseconds it took."""
        with self._lock:
            spent = (time.perf_counter() - self._began[name]) * 1000
            weight = readable(size) if size is not None else ""
            self._lines[name] = f"{outcome:<9} {weight:>9} {spent:>6.0f} ms"
            if self._live:
                self._draw()
            else:
                self._stream.write(self._line(name) + "\n")
                self._stream.flush()

    def _line(self, name: str) -> str:
        return f"{name:<{self._width}}  {self._lines[name]}"

    def _draw(self, *, first: bool = False) -> None:
        """Write all lines over the ones before."""
        up = "" if first else f"\x1b[{len(self._names)}A"
        lines = "".join(f"\x1b[2K{self._line(name)}\n" for name in self._names)
        self._stream.write(up + lines)
        self._stream.flush()


def readable(size: int) -> str:
    """Return a number of bytes as people read it."""
    if size < 1000:
        return f"{size} B"
    if size < 1_000_000:
        return f"{size / 1000:.1f} kB"
    return f"{size / 1_000_000:.2f} MB"
