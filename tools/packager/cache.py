"""The index of the cache: digests of files by their stat, and what was built from what."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

# A file that changed this shortly before it was read may change again within one tick of the file
# system's clock, and look the same. Its digest is not remembered (git calls such entries racy).
SETTLED_NS = 50_000_000


class Index:
    """
    A JSON document of four sections, each a plain dictionary.

    ``files``: path to ``[stat signature, sha256]``; ``parsed``: packager, version of the runtime
    and digest of a source to what its syntax tree says; ``memo``: facts about interpreters;
    ``functions``: name to its last builds and its last import. An unreadable index is an empty one:
    everything in it can be found out again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._text = path.read_text()
            data = json.loads(self._text)
        except (OSError, ValueError):
            self._text, data = "", {}
        self._files: dict[str, Any] = data.get("files", {})
        self.parsed: dict[str, Any] = data.get("parsed", {})
        self.memo: dict[str, Any] = data.get("memo", {})
        self.functions: dict[str, Any] = data.get("functions", {})
        self._seen: set[str] = set()
        self.used: set[str] = set()

    def builds(self, name: str) -> list[dict[str, Any]]:
        """Return the records of the last builds of a function, the newest first."""
        found: list[dict[str, Any]] = self.functions.get(name, {}).get("builds", [])
        return found

    def digest(self, path: str, stat: os.stat_result) -> str:
        """Return the sha256 of the file at `path`, read only when its stat is not known."""
        self._seen.add(path)
        signature = [stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino]
        known = self._files.get(path)
        if known and known[0] == signature:
            return str(known[1])
        now = time.time_ns()
        with open(path, "rb") as file:  # noqa: PTH123  one call fewer on the hot path
            digest = hashlib.sha256(file.read()).hexdigest()
        if max(stat.st_mtime_ns, stat.st_ctime_ns) < now - SETTLED_NS:
            self._files[path] = [signature, digest]
        else:
            self._files.pop(path, None)
        return digest

    def save(self, *, whole: bool) -> None:
        """Write the index if it changed; after a run over everything drop what was not used."""
        if whole:
            self._files = {path: known for path, known in self._files.items() if path in self._seen}
            self.parsed = {key: value for key, value in self.parsed.items() if key in self.used}
        text = json.dumps(
            {
                "files": self._files,
                "parsed": self.parsed,
                "memo": self.memo,
                "functions": self.functions,
            }
        )
        if text != self._text:
            replace(self._path, text.encode())


def signature(path: Path) -> list[int]:
    """Return what of its stat changes when a file does; nothing where it cannot be looked at."""
    try:
        stat = path.stat()
    except OSError:
        return []
    return [stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino]


def replace(path: Path, content: bytes) -> None:
    """Put `content` at `path` at once: a reader, or a kill, sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.half")
    half.write_bytes(content)
    os.replace(half, path)  # noqa: PTH105  the name under which everyone knows it


def remove_tree(path: Path) -> None:
    """Remove a folder, if it is there."""
    if path.is_dir():
        import shutil  # noqa: PLC0415  brings all kinds of archives; there is seldom anything to remove

        shutil.rmtree(path, ignore_errors=True)


def read_json(path: Path) -> dict[str, Any]:
    """Return a JSON object, an empty one when the file is absent or broken."""
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}
