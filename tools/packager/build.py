"""Make zips of planned functions that no build before has made."""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING

from tools.packager import dependencies, limits, sbom, sources
from tools.packager.archive import Member, compress, zip_bytes
from tools.packager.cache import replace, signature
from tools.packager.dependencies import Ready
from tools.packager.errors import Fault, SourceError, ToolError
from tools.packager.handler import Importer
from tools.packager.kept import Built
from tools.packager.lock import LOCK
from tools.packager.manifest import BILL, entry
from tools.packager.progress import readable

if TYPE_CHECKING:
    from pathlib import Path

    from tools.packager.dependencies import Installed
    from tools.packager.kept import Kept
    from tools.packager.plan import Plan, Planner
    from tools.packager.progress import Progress


class Packager:
    """Builds functions into zips."""

    def __init__(
        self, planner: Planner, kept: Kept, uv: dependencies.Uv, notices: dict[str, None]
    ) -> None:
        self.planner = planner
        self.settings = planner.settings
        self.target = planner.target
        self.kept = kept
        self.uv = uv
        self.notices = notices
        self._locks: dict[str, threading.Lock] = {}
        self._ready: dict[str, Ready] = {}
        self._sources: dict[str, dict[str, Member]] = {}
        self._failed: dict[tuple[str, str], Exception] = {}
        self._guard = threading.Lock()

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
            importer = Importer(self.planner, self.target, plan, ready)
            bytecode, importing = importer.bytecode()
        progress.start(plan.name, "zipping")
        own = self._own_members(plan)
        lock = _lock_of(plan) if plan.lock else ""
        members = {n: m for n, m in own.items() if f"{n}c" not in bytecode} | bytecode
        if ready:
            members.update(self._compressed(plan, ready))
        sizes = {member.name: member.size for member in members.values()}
        self._check_unzipped(plan, sizes, None)
        content = zip_bytes(members.values())
        edge = self.settings.edge_folder(plan.name) is not None
        _check_zip(plan, content, members, edge=edge)
        digest = hashlib.sha256(content)
        replace(self.kept.zip(digest.hexdigest()), content)
        path = self.settings.dist / f"{plan.name}.zip"
        replace(path, content)
        bill = sbom.document(
            plan.name,
            zip_sha256=digest.hexdigest(),
            runtime=self.settings.runtime,
            installed=ready.installed.packages if ready else [],
            lock=lock,
        )
        replace(self.kept.bill(plan.name, digest.hexdigest()), bill)
        bill_path = self.settings.dist / f"{plan.name}{BILL}"
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
            "dist": signature(path),
            "bill": signature(bill_path),
            "dependencies": self.planner.dependencies_key(plan),
            "natives": ready.natives if ready else [],
            "import": importing,
        }
        return Built("built", record)

    @property
    def used(self) -> set[str]:
        """The keys of the dependencies that this run has installed or found."""
        return set(self._ready)

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
        installed = dependencies.ensure(self.uv, plan, home, arch)
        if self.target is None:
            return Ready(installed, None, [])
        site = dependencies.host(self.uv, plan, installed, self.target)
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
        """Compress the dependencies of `plan` beside the build that needs them."""
        self._compressed(plan, self.dependencies(plan))

    def _compressed(self, plan: Plan, ready: Ready) -> dict[str, Member]:
        """Return the dependencies' files, compressed by whichever thread comes first."""
        key = self.planner.dependencies_key(plan)
        with self._guard:
            lock = self._locks.setdefault(f"compressed {key}", threading.Lock())
        with lock:
            if key not in self._sources:
                self._sources[key] = dependencies.source_members(ready.installed)
            return self._sources[key]

    def _own_members(self, plan: Plan) -> dict[str, Member]:
        """Return the function's own and shared files, compressed."""
        return {
            file.name: compress(file.name, sources.content(file)) for file in plan.files.values()
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


def _lock_of(plan: Plan) -> str:
    """Return the lock that `plan` was made with."""
    path = str(plan.folder / LOCK)
    return sources.unchanged(path, path, plan.lock).decode()


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
