"""Make zips of planned functions: find what is known, build the rest, keep what is of use."""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tools.packager import dependencies, limits, sbom
from tools.packager.archive import Member, compress, zip_bytes
from tools.packager.cache import replace
from tools.packager.dependencies import Ready
from tools.packager.errors import Fault, SourceError, ToolError
from tools.packager.handler import Importer
from tools.packager.manifest import entry
from tools.packager.progress import readable

if TYPE_CHECKING:
    from collections.abc import Callable

    from tools.packager.cache import Index
    from tools.packager.dependencies import Installed
    from tools.packager.plan import Plan, Planner
    from tools.packager.progress import Progress

# Zips kept of each function, so that going back to an earlier state builds nothing.
BUILDS_KEPT = 4
# Bytecode of sources is made again in milliseconds; it goes after a month.
OWN_BYTECODE_SECONDS = 30 * 24 * 3600


class Built(NamedTuple):
    """A finished zip: how it came (``built``, ``unchanged``, ``cached``) and its record."""

    outcome: str
    record: dict[str, Any]


class Packager:
    """Builds functions into zips."""

    def __init__(self, planner: Planner, index: Index, uv: dependencies.Uv) -> None:
        self.planner = planner
        self.settings = planner.settings
        self.target = planner.target
        self.index = index
        self.uv = uv
        self.notices: dict[str, None] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._ready: dict[str, Ready] = {}
        self._failed: dict[tuple[str, str], Exception] = {}
        self._guard = threading.Lock()

    def known(self, plan: Plan) -> Built | None:
        """Return the zip of `plan` if it stands in dist/, or in the cache from an earlier build."""
        path = self.settings.dist / f"{plan.name}.zip"
        record = self._remembered(plan)
        if record is None:
            return None
        if _signature(path) == record["dist"]:
            return Built("unchanged", record)
        try:
            if hashlib.sha256(path.read_bytes()).hexdigest() == record["entry"]["sha256"]:
                return Built("unchanged", {**record, "dist": _signature(path)})
        except FileNotFoundError:
            pass
        try:
            content = self._kept_zip(record["entry"]["sha256"]).read_bytes()
        except FileNotFoundError:
            return None
        if hashlib.sha256(content).hexdigest() != record["entry"]["sha256"]:
            return None
        replace(path, content)
        return Built("cached", {**record, "dist": _signature(path)})

    def _remembered(self, plan: Plan) -> dict[str, Any] | None:
        """Return the record of an earlier build of `plan`, its bill of materials put into dist/."""
        builds = self.index.builds(plan.name)
        record = next((build for build in builds if build["key"] == plan.key), None)
        if record is None or not all(map(os.path.isdir, record["natives"])):
            return None
        path = self.settings.dist / f"{plan.name}{sbom.SUFFIX}"
        if _signature(path) == record.get("bill"):
            return dict(record)
        try:
            content = self._kept_bill(plan.name, record["entry"]["sha256"]).read_bytes()
        except FileNotFoundError:
            return None
        replace(path, content)
        return {**record, "bill": _signature(path)}

    def build(self, plan: Plan, progress: Progress) -> Built:
        """
        Build the zip of `plan` and put it into dist/.

        Raises
        ------
        SourceError
            No wheel for the target, a handler that does not import, a zip over the limits.
        ToolError
            uv or the package index does not answer.
        """
        ready = None
        if plan.lock:
            progress.start(plan.name, "installing dependencies")
            ready = self.dependencies(plan)
            _check_clashes(plan, ready.installed)
        self._check_unzipped(plan, {f.name: f.size for f in plan.files.values()}, ready)
        bytecode: dict[str, Member] = {}
        importing = None
        if self.target:
            progress.start(plan.name, "importing")
            importer = Importer(self.planner, self.index, self.target, plan, ready)
            bytecode, importing = importer.bytecode()
        progress.start(plan.name, "zipping")
        own = self._own_members(plan)
        members = {n: m for n, m in own.items() if f"{n}c" not in bytecode} | bytecode
        if ready:
            members.update(dependencies.source_members(ready.installed))
        sizes = {member.name: member.size for member in members.values()}
        self._check_unzipped(plan, sizes, None)
        content = zip_bytes(members.values())
        edge = self.settings.edge_folder(plan.name) is not None
        _check_zip(plan, content, members, edge=edge)
        digest = hashlib.sha256(content)
        replace(self._kept_zip(digest.hexdigest()), content)
        path = self.settings.dist / f"{plan.name}.zip"
        replace(path, content)
        bill = sbom.document(
            plan.name,
            zip_sha256=digest.hexdigest(),
            runtime=self.settings.runtime,
            installed=ready.installed.packages if ready else [],
            lock=(plan.folder / dependencies.LOCK).read_text() if plan.lock else "",
        )
        replace(self._kept_bill(plan.name, digest.hexdigest()), bill)
        bill_path = self.settings.dist / f"{plan.name}{sbom.SUFFIX}"
        replace(bill_path, bill)
        line = entry(
            plan.name,
            sha256=digest.digest(),
            zip_size=len(content),
            unzipped_size=sum(sizes.values()),
            files=len(members),
            requirements=ready.installed.requirements if ready else [],
            architecture=self.settings.arch_of(plan.name),
            runtime=self.settings.runtime,
            compiler=self.target.compiler if self.target else None,
            compiled=len(bytecode),
        )
        record = {
            "key": plan.key,
            "entry": line,
            "dist": _signature(path),
            "bill": _signature(bill_path),
            "dependencies": self.planner.dependencies_key(plan),
            "natives": ready.natives if ready else [],
            "import": importing,
        }
        return Built("built", record)

    def dependencies(self, plan: Plan) -> Ready:
        """Return the dependencies of `plan`, installed once for all functions of the same lock."""
        key = self.planner.dependencies_key(plan)
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if (key, plan.name) in self._failed:
                raise self._failed[key, plan.name]
            try:
                if key not in self._ready:
                    self._ready[key] = self._install(plan, self.settings.cache / "deps" / key)
            except (SourceError, ToolError) as error:
                self._failed[key, plan.name] = error
                raise
            return self._ready[key]

    def _install(self, plan: Plan, home: Path) -> Ready:
        """Install the dependencies of `plan` into `home`, and for this machine beside it."""
        arch = self.settings.arch_of(plan.name)
        installed = dependencies.ensure(self.uv, plan.folder, home, arch)
        if self.target is None:
            return Ready(installed, None, [])
        site = dependencies.host(self.uv, plan.folder, installed, self.target)
        natives: list[str] = []
        if site is None:
            self.notices[
                f"{plan.name}: no wheels of its dependencies for this machine, so its handler was "
                "not imported as a check, and its bytecode is that of the imports that can be read"
            ] = None
        elif installed.natives:
            store = self.settings.cache / "native"
            natives = dependencies.keep_natives(installed, site, self.target, store)
        return Ready(installed, site, natives)

    def compress_dependencies(self, plan: Plan) -> None:
        """Install and compress the dependencies of `plan` ahead of the build that needs them."""
        dependencies.source_members(self.dependencies(plan).installed)

    def _own_members(self, plan: Plan) -> dict[str, Member]:
        """Return the function's own and shared files, compressed."""
        return {
            file.name: compress(file.name, Path(file.path).read_bytes())
            for file in plan.files.values()
        }

    def _check_unzipped(self, plan: Plan, sizes: dict[str, int], ready: Ready | None) -> None:
        """Refuse what is larger unzipped than Lambda takes, before any work is done for it."""
        sizes = {**sizes, **(ready.installed.files if ready else {})}
        total = sum(sizes.values())
        if total > limits.UNZIPPED_BYTES:
            what = (
                f"unzipped it has {readable(total)}; Lambda takes {limits.UNZIPPED_BYTES:,} bytes"
            )
            raise SourceError(Fault(str(plan.folder), what, _largest(sizes)))

    def _kept_zip(self, digest: str) -> Path:
        return self.settings.cache / "zips" / f"{digest}.zip"

    def _kept_bill(self, name: str, digest: str) -> Path:
        # Two functions may have the same bytes, and each bill names its function.
        return self.settings.cache / "zips" / f"{digest}.{name}{sbom.SUFFIX}"

    # After a run.

    def remember(self, name: str, record: dict[str, Any]) -> None:
        """Put the record of a build in front of those before it."""
        others = [build for build in self.index.builds(name) if build["key"] != record["key"]]
        self.index.functions[name] = {"builds": [record, *others][:BUILDS_KEPT]}

    def sweep(self, present: list[str]) -> None:
        """Drop from the cache what no remembered build refers to."""
        for name in set(self.index.functions) - set(present):
            del self.index.functions[name]
        named = [(n, b) for n, known in self.index.functions.items() for b in known["builds"]]
        builds = [build for _, build in named]
        zips = {f"{build['entry']['sha256']}.zip" for build in builds}
        zips |= {self._kept_bill(name, b["entry"]["sha256"]).name for name, b in named}
        for path in (self.settings.cache / "zips").glob("*"):
            if path.name not in zips:
                path.unlink()
        old = time.time() - OWN_BYTECODE_SECONDS
        for path in (self.settings.cache / "own").glob("*/*"):
            if path.stat().st_mtime < old:
                path.unlink()
        kept = {build["dependencies"] for build in builds} | set(self._ready)
        for path in (self.settings.cache / "deps").glob("*"):
            if path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)


def in_parallel(tasks: list[Callable[[], None]]) -> None:
    """Run `tasks`, which raise nothing, in as many threads as are of use.

    Most of the work is done by other processes and by code without the interpreter's lock.
    """
    if len(tasks) == 1:
        tasks[0]()
        return
    waiting = iter(tasks)
    guard = threading.Lock()

    def worker() -> None:
        while True:
            with guard:
                task = next(waiting, None)
            if task is None:
                return
            task()

    count = min(len(tasks), (os.cpu_count() or 1) + 1)
    threads = [threading.Thread(target=worker, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _signature(path: Path) -> list[int]:
    """Return what of its stat changes when the file at `path` does; nothing where there is none."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return []
    return [stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino]


def _check_clashes(plan: Plan, installed: Installed) -> None:
    """Refuse a module of the function that would hide, or mix with, one of a dependency."""
    clashes: dict[str, str] = {}
    for file in plan.files.values():
        top = file.name.partition("/")[0].removesuffix(".py")
        if top in installed.tops:
            clashes.setdefault(top, file.label)
    if clashes:
        faults = [
            Fault(label, f"{top!r} is also the name of a dependency's module", "Rename yours")
            for top, label in clashes.items()
        ]
        raise SourceError(*faults)


def _check_zip(plan: Plan, content: bytes, members: dict[str, Member], *, edge: bool) -> None:
    """Refuse a zip that Lambda, or Lambda@Edge at some event, does not take."""
    who, most = ("Lambda@Edge", limits.EDGE_ZIP_BYTES) if edge else ("Lambda", limits.ZIP_BYTES)
    if len(content) > most:
        what = f"its zip has {readable(len(content))}; {who} takes {most:,} bytes"
        sizes = {member.name: len(member.raw) for member in members.values()}
        raise SourceError(Fault(str(plan.folder), what, _largest(sizes)))


def _largest(sizes: dict[str, int]) -> str:
    """Return the mend for something too large: what is the largest in it."""
    first = sorted(sizes.items(), key=lambda item: -item[1])[:3]
    named = ", ".join(f"{name} {readable(size)}" for name, size in first)
    return f"Leave out or split what is large (most: {named}), or ship a container image"
