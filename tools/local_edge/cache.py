"""The cache of an edge location: in memory, bounded, oldest use out first."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from tools.local_edge import headers as http

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from tools.local_edge.headers import Headers

MOST_BYTES = 64 * 1024 * 1024
MOST_BYTES_OF_ONE = 8 * 1024 * 1024


@dataclass
class Entry:
    """An answer that is kept.

    Attributes
    ----------
    distribution, uri
        Whose it is, and under which path; invalidations go by them.
    stored, lifetime
        When (seconds, monotonic) and for how long it answers without a question to the origin.
    """

    distribution: str
    uri: str
    status: int
    reason: str
    headers: Headers
    body: bytes
    lifetime: float
    stored: float = field(default_factory=time.monotonic)

    @property
    def age(self) -> int:
        """Seconds since it was stored."""
        return int(time.monotonic() - self.stored)

    @property
    def is_fresh(self) -> bool:
        """Whether it answers by itself."""
        return time.monotonic() < self.stored + self.lifetime

    @property
    def size(self) -> int:
        """Bytes it takes, about."""
        return len(self.body) + http.length_of(self.headers) + 512

    def renew(self, lifetime: float) -> None:
        """Let it answer for `lifetime` seconds from now."""
        self.stored, self.lifetime = time.monotonic(), lifetime

    def is_unchanged_for(self, headers: Headers) -> bool:
        """Tell whether a viewer's condition says that he has just this."""
        tags = http.first(headers, "if-none-match")
        own = http.first(self.headers, "etag")
        if tags is not None:
            given = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
            return "*" in given or (own is not None and own.removeprefix("W/") in given)
        since = http.first(headers, "if-modified-since")
        modified = http.first(self.headers, "last-modified")
        if since is None or modified is None:
            return False
        try:
            return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
        except (TypeError, ValueError):
            return False


class Cache:
    """Answers by key; invalidations come from another thread than answers do."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._entries: OrderedDict[Hashable, Entry] = OrderedDict()
        self._most = most_bytes
        self._lock = threading.RLock()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Hashable) -> Entry | None:
        """Return what is kept under a key, fresh or not."""
        with self._lock:
            entry = self._entries.get(key)
            if entry:
                self._entries.move_to_end(key)
            return entry

    def put(self, key: Hashable, entry: Entry) -> None:
        """Keep an answer, unless it is too large; the least recently used ones go."""
        with self._lock:
            self.remove(key)
            if entry.size > min(MOST_BYTES_OF_ONE, self._most):
                return
            self._entries[key] = entry
            self.bytes += entry.size
            while self.bytes > self._most:
                _, oldest = self._entries.popitem(last=False)
                self.bytes -= oldest.size

    def remove(self, key: Hashable) -> None:
        """Forget what is kept under a key."""
        with self._lock:
            entry = self._entries.pop(key, None)
            if entry:
                self.bytes -= entry.size

    def invalidate(self, distribution: str, paths: Iterable[str]) -> int:
        """Forget the answers of a distribution under paths, which may end with ``*``; how many."""
        tests = [_matcher(path) for path in paths]
        with self._lock:
            gone = [
                key
                for key, entry in self._entries.items()
                if entry.distribution == distribution and any(test(entry.uri) for test in tests)
            ]
            for key in gone:
                self.remove(key)
            return len(gone)

    def forget(self, distribution: str) -> None:
        """Forget all answers of a distribution."""
        self.invalidate(distribution, ["/*"])


def _matcher(path: str) -> Callable[[str], bool]:
    path = path if path.startswith("/") else f"/{path}"
    if path.endswith("*"):
        return lambda uri: uri.startswith(path[:-1])
    return lambda uri: uri == path
