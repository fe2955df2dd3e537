"""What was built before: zips, their bills of materials and their records, found and swept."""

from __future__ import annotations

import hashlib
import os
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from tools.packager.cache import remove_tree, replace, signature
from tools.packager.manifest import BILL

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from tools.packager.cache import Index
    from tools.packager.plan import Plan, Settings

# Zips kept of each function, so that going back to an earlier state builds nothing.
BUILDS_KEPT = 4
# Bytecode of sources is made again in milliseconds; it goes after a month.
OWN_BYTECODE_SECONDS = 30 * 24 * 3600


class Built(NamedTuple):
    """A finished zip: how it came (``built``, ``unchanged``, ``cached``) and its record."""

    outcome: str
    record: dict[str, Any]


class Kept:
    """The builds that the cache keeps, and what of them stands in dist/."""

    def __init__(self, settings: Settings, index: Index) -> None:
        self.settings = settings
        self.index = index

    def known(self, plan: Plan) -> Built | None:
        """Return the zip of `plan` if it stands in dist/, or in the cache from an earlier build."""
        path = self.settings.dist / f"{plan.name}.zip"
        record = self._remembered(plan)
        if record is None:
            return None
        if signature(path) == record["dist"]:
            return Built("unchanged", record)
        try:
            if hashlib.sha256(path.read_bytes()).hexdigest() == record["entry"]["sha256"]:
                return Built("unchanged", {**record, "dist": signature(path)})
        except FileNotFoundError:
            pass
        try:
            content = self.zip(record["entry"]["sha256"]).read_bytes()
        except FileNotFoundError:
            return None
        if hashlib.sha256(content).hexdigest() != record["entry"]["sha256"]:
            return None
        replace(path, content)
        return Built("cached", {**record, "dist": signature(path)})

    def _remembered(self, plan: Plan) -> dict[str, Any] | None:
        """Return the record of an earlier build of `plan`, its bill of materials put into dist/."""
        builds = self.index.builds(plan.name)
        record = next((build for build in builds if build["key"] == plan.key), None)
        if record is None or not all(map(os.path.isdir, record["natives"])):
            return None
        path = self.settings.dist / f"{plan.name}{BILL}"
        if signature(path) == record["bill"]:
            return dict(record)
        try:
            content = self.bill(plan.name, record["entry"]["sha256"]).read_bytes()
        except FileNotFoundError:
            return None
        replace(path, content)
        return {**record, "bill": signature(path)}

    def zip(self, digest: str) -> Path:
        """Return where the zip of that digest is kept."""
        return self.settings.cache / "zips" / f"{digest}.zip"

    def bill(self, name: str, digest: str) -> Path:
        """Return where the bill of materials of the function's zip of that digest is kept."""
        # Two functions may have the same bytes, and each bill names its function.
        return self.settings.cache / "zips" / f"{digest}.{name}{BILL}"

    def remember(self, name: str, record: dict[str, Any]) -> None:
        """Put the record of a build in front of those before it."""
        others = [build for build in self.index.builds(name) if build["key"] != record["key"]]
        self.index.functions[name] = {"builds": [record, *others][:BUILDS_KEPT]}

    def sweep(self, present: list[str], used: Collection[str]) -> None:
        """Drop from the cache what no remembered build refers to; dependencies in `used` stay."""
        for name in set(self.index.functions) - set(present):
            del self.index.functions[name]
        named = [(n, b) for n, known in self.index.functions.items() for b in known["builds"]]
        builds = [build for _, build in named]
        zips = {f"{build['entry']['sha256']}.zip" for build in builds}
        zips |= {self.bill(name, b["entry"]["sha256"]).name for name, b in named}
        for path in (self.settings.cache / "zips").glob("*"):
            if path.name not in zips:
                path.unlink()
        old = time.time() - OWN_BYTECODE_SECONDS
        for path in (self.settings.cache / "own").glob("*/*"):
            if path.stat().st_mtime < old:
                path.unlink()
        kept = {build["dependencies"] for build in builds} | set(used)
        for path in (self.settings.cache / "deps").glob("*"):
            if path.name not in kept:
                remove_tree(path)
