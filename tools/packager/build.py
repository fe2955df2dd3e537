"""From the folders of functions to zips: plan each, find what is known, build the rest."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import deflate

from tools.packager import dependencies, imports, limits, sources
from tools.packager.archive import Member, compress, zip_bytes
from tools.packager.cache import Index, replace
from tools.packager.dependencies import LOCK, REQUIREMENTS, Installed
from tools.packager.errors import Fault, SourceError
from tools.packager.handler import Importer
from tools.packager.manifest import entry
from tools.packager.progress import readable

if TYPE_CHECKING:
    from collections.abc import Callable

    from tools.packager.interpreter import Target
    from tools.packager.progress import Progress
    from tools.packager.sources import SourceFile

# Zips kept of each function, so that going back to an earlier state builds nothing.
BUILDS_KEPT = 4
# Bytecode of sources is made again in milliseconds; it goes after a month.
OWN_BYTECODE_SECONDS = 30 * 24 * 3600


class Settings(NamedTuple):
    """What was asked for on the command line."""

    functions: Path
    shared: Path
    dist: Path
    cache: Path
    arch: str
    runtime: str
    locked: bool


class Plan(NamedTuple):
    """A function whose source was read: everything that its zip is made from.

    `files` are the function's own and the shared ones that it imports; `lock` is the digest of its
    lock, empty without dependencies; `key` stands for all of it.
    """

    name: str
    folder: Path
    files: dict[str, SourceFile]
    lock: str
    key: str


class Built(NamedTuple):
    """A finished zip: how it came (``built``, ``unchanged``, ``cached``) and its record."""

    outcome: str
    record: dict[str, Any]


class Ready(NamedTuple):
    """Dependencies, and how this machine can import them (`site` None: it cannot)."""

    installed: Installed
    site: Path | None
    natives: list[str]


class Packager:
    """Builds functions into zips."""

    def __init__(
        self,
        settings: Settings,
        index: Index,
        uv: dependencies.Uv,
        target: Target | None,
    ) -> None:
        self.settings = settings
        self.index = index
        self.uv = uv
        self.target = target
        self.minor = int(settings.runtime.partition(".")[2])
        self.tool = _own_digest(index)
        self.notices: dict[str, None] = {}
        self._shared: list[SourceFile] | None = None
        self._locks: dict[str, threading.Lock] = {}
        self._ready: dict[str, Ready] = {}
        self._guard = threading.Lock()

    def names(self) -> list[str]:
        """Return the functions that the source has: the folders with anything to ship in them."""
        folders = sorted(
            entry
            for entry in self.settings.functions.iterdir()
            if entry.is_dir() and not sources.left_out(entry.name)
        )
        return [
            folder.name
            for folder in folders
            if folder.is_symlink() or any(not sources.left_out(f.name) for f in folder.iterdir())
        ]

    # Planning: reads sources, writes nothing but a lock.

    def lock_wanted(self, name: str) -> str:
        """Return whether the lock of `name` must be made: why (``missing``, ``stale``), or nothing.

        Raises
        ------
        SourceError
            It must, and ``--locked`` forbids it; or requirements.txt has options in it.
        """
        folder = self.settings.functions / name
        requirements = folder / REQUIREMENTS
        if not requirements.is_file():
            return ""
        content = requirements.read_bytes()
        if not dependencies.wants_dependencies(content):
            return ""
        dependencies.check_requirements(requirements, content)
        state = dependencies.lock_state(folder, content, self.settings.runtime)
        if state == "fresh":
            return ""
        if self.settings.locked:
            what = f"{LOCK} is {state}" + (f" ({REQUIREMENTS} changed)" if state == "stale" else "")
            raise SourceError(Fault(f"{folder / LOCK}:1", what, dependencies.MEND_LOCK))
        return state

    def plan(self, name: str) -> Plan:
        """
        Read the source of the function `name`.

        Raises
        ------
        SourceError
            The name is not usable, app.py or its handler is missing, a link leaves the folder, or
            a source is no Python of the target's version.
        """
        folder = self.settings.functions / name
        if not limits.FUNCTION_NAME.fullmatch(name):
            raise SourceError(
                Fault(
                    str(folder),
                    f"{name!r} is no name for a function",
                    "Rename the folder: 1 to 64 letters, digits, hyphens or underscores",
                )
            )
        if folder.is_symlink():
            mend = "Make it a folder; what functions share belongs into shared/"
            raise SourceError(Fault(str(folder), "the function is a symbolic link", mend))
        own = {file.name: file for file in sources.walk(folder, self.index)}
        if "app.py" not in own:
            mend = "Write it, with a function handler(event, context)"
            raise SourceError(Fault(f"{folder}/app.py:1", "there is no app.py", mend))
        files = self._with_shared(own)
        self._check_handler(files["app.py"])
        lock = folder / LOCK
        requirements = folder / REQUIREMENTS
        pinned = ""
        if requirements.is_file() and dependencies.wants_dependencies(requirements.read_bytes()):
            pinned = self.index.digest(str(lock), lock.stat())
        return Plan(name, folder, files, pinned, self._key(name, files, pinned))

    def _with_shared(self, own: dict[str, SourceFile]) -> dict[str, SourceFile]:
        """Return `own` and what of shared/ it imports; its own files win over shared ones."""
        if self._shared is None:
            there = self.settings.shared.is_dir()
            self._shared = sources.walk(self.settings.shared, self.index) if there else []
        files = {**{file.name: file for file in self._shared}, **own}
        starts = [name for name in own if name.endswith(".py")]
        faults: list[Fault] = []

        def imports_of(name: str) -> list[str]:
            try:
                return self.facts(files[name])["imports"]
            except SourceError as error:
                faults.extend(error.faults)
                return []

        reached = imports.closure(starts, files, imports_of)
        if faults:
            raise SourceError(*sorted(set(faults)))
        packages = tuple(
            name.removesuffix("__init__.py")
            for name in reached - set(own)
            if name.endswith("/__init__.py")
        )
        for file in self._shared:
            data = not file.name.endswith(".py") and file.name.startswith(packages)
            if packages and data and file.name not in own:
                reached.add(file.name)
        return {name: files[name] for name in sorted(reached | set(own))}

    def facts(self, file: SourceFile) -> imports.Facts:
        """Return what the source `file` says, read once for each content."""
        self.index.used.add(file.digest)
        known = self.index.parsed.get(file.digest)
        if known is None:
            known = self._parse(file)
            self.index.parsed[file.digest] = known
        return known

    def _parse(self, file: SourceFile) -> imports.Facts:
        """Parse `file` here, or in the target's interpreter when this one does not understand."""
        try:
            return imports.facts(imports.parse(Path(file.path).read_bytes(), self.minor))
        except SyntaxError as error:
            line, message = error.lineno or 1, error.msg
        mend = f"Write it in Python {self.settings.runtime}"
        if self.target is None:
            mend += f", or install that version, if what {_running()} does not know is newer syntax"
            raise SourceError(_syntax_fault(file, line, message, mend))
        from tools.packager.interpreter import work  # noqa: PLC0415  costs what few runs need

        path = {file.name: os.path.abspath(file.path)}  # noqa: PTH100
        data = work(self.target, self.settings.cache, compile_files=path, facts=path).data
        found = data["facts"][file.name]
        if found is None:
            wrong = data["compiled"][file.name]
            raise SourceError(_syntax_fault(file, wrong["line"], wrong["error"], mend))
        return found  # type: ignore[no-any-return]  # as the other interpreter's imports.facts gave

    def _check_handler(self, app: SourceFile) -> None:
        """Refuse an app.py without a function that Lambda can call."""
        kind = self.facts(app)["handler"]
        if kind == "no":
            what, mend = "there is no function handler", "Define handler(event, context) in app.py"
            raise SourceError(Fault(f"{app.label}:1", what, mend))
        if kind == "async":
            what = "handler is a coroutine function, which Lambda calls and does not await"
            mend = "Make it a plain function; run coroutines in it by asyncio.run"
            raise SourceError(Fault(f"{app.label}:1", what, mend))

    def _key(self, name: str, files: dict[str, SourceFile], lock: str) -> str:
        """Return a digest of all that decides the bytes of a zip."""
        compiler = self.target.compiler if self.target else ""
        content = [(file.name, file.digest) for file in files.values()]
        settings = [self.tool, self.settings.arch, self.settings.runtime, compiler]
        return _digest([*settings, name, content, lock])

    # Building: may run in several threads, each for another function.

    def known(self, plan: Plan) -> Built | None:
        """Return the zip of `plan` if it stands in dist/, or in the cache from an earlier build."""
        path = self.settings.dist / f"{plan.name}.zip"
        builds = self.index.functions.get(plan.name, {}).get("builds", [])
        record = next((build for build in builds if build["key"] == plan.key), None)
        if record is None or not all(map(os.path.isdir, record["natives"])):
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
            importer = Importer(self, self.target, plan, ready)
            bytecode, importing = importer.bytecode()
        progress.start(plan.name, "zipping")
        members = {**self._own_members(plan), **bytecode}
        if ready:
            members.update(dependencies.source_members(ready.installed))
        sizes = {member.name: member.size for member in members.values()}
        self._check_unzipped(plan, sizes, None)
        content = zip_bytes(members.values())
        _check_zip(plan, content, members)
        digest = hashlib.sha256(content)
        replace(self._kept_zip(digest.hexdigest()), content)
        path = self.settings.dist / f"{plan.name}.zip"
        replace(path, content)
        line = entry(
            plan.name,
            sha256=digest.digest(),
            zip_size=len(content),
            unzipped_size=sum(sizes.values()),
            files=len(members),
            requirements=ready.installed.requirements if ready else [],
            architecture=self.settings.arch,
            runtime=self.settings.runtime,
            compiler=self.target.compiler if self.target else None,
            compiled=len(bytecode),
        )
        record = {
            "key": plan.key,
            "entry": line,
            "dist": _signature(path),
            "dependencies": self.dependencies_key(plan),
            "natives": ready.natives if ready else [],
            "import": importing,
        }
        return Built("built", record)

    def dependencies_key(self, plan: Plan) -> str:
        """Return the name of the cache's folder for the dependencies of `plan`."""
        if not plan.lock:
            return ""
        return _digest([self.tool, plan.lock, self.settings.arch, self.settings.runtime])[:32]

    def dependencies(self, plan: Plan) -> Ready:
        """Return the dependencies of `plan`, installed once for all functions of the same lock."""
        key = self.dependencies_key(plan)
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._ready:
                self._ready[key] = self._install(plan, self.settings.cache / "deps" / key)
            return self._ready[key]

    def _install(self, plan: Plan, home: Path) -> Ready:
        """Install the dependencies of `plan` into `home`, and for this machine beside it."""
        installed = dependencies.ensure(self.uv, plan.folder, home, self.settings.arch)
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

    # After a run.

    def remember(self, name: str, record: dict[str, Any]) -> None:
        """Put the record of a build in front of those before it."""
        before = self.index.functions.get(name, {}).get("builds", [])
        others = [build for build in before if build["key"] != record["key"]]
        self.index.functions[name] = {"builds": [record, *others][:BUILDS_KEPT]}

    def sweep(self, present: list[str]) -> None:
        """Drop from the cache what no remembered build refers to."""
        for name in set(self.index.functions) - set(present):
            del self.index.functions[name]
        builds = [b for known in self.index.functions.values() for b in known["builds"]]
        zips = {f"{build['entry']['sha256']}.zip" for build in builds}
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


def _own_digest(index: Index) -> str:
    """Return a digest of the packager itself: other rules or another compressor, other zips."""
    here = Path(__file__).parent
    files = sorted(os.scandir(here), key=lambda entry: entry.name)
    files += sorted(os.scandir(here / "target"), key=lambda entry: entry.name)
    own = [(e.name, index.digest(e.path, e.stat())) for e in files if e.name.endswith(".py")]
    return _digest([own, deflate.__version__])


def _digest(value: object) -> str:
    """Return the sha256 of `value` in JSON form."""
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()


def _signature(path: Path) -> list[int]:
    """Return what of its stat changes when the file at `path` does; nothing where there is none."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return []
    return [stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino]


def _running() -> str:
    """Return the name of the Python that runs the packager."""
    import sys  # noqa: PLC0415

    return f"Python {sys.version_info.major}.{sys.version_info.minor}"


def _syntax_fault(file: SourceFile, line: int, message: str, mend: str) -> Fault:
    """Return the fault of a source that does not parse, with the line that is wrong."""
    text = Path(file.path).read_bytes().decode(errors="replace").splitlines()
    wrong = text[line - 1].strip() if 0 < line <= len(text) else ""
    return Fault(f"{file.label}:{line}", f"syntax error, {message}: {wrong}", mend)


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


def _check_zip(plan: Plan, content: bytes, members: dict[str, Member]) -> None:
    """Refuse a zip that Lambda does not take."""
    if len(content) > limits.ZIP_BYTES:
        what = f"its zip has {readable(len(content))}; Lambda takes {limits.ZIP_BYTES:,} bytes"
        sizes = {member.name: len(member.raw) for member in members.values()}
        raise SourceError(Fault(str(plan.folder), what, _largest(sizes)))


def _largest(sizes: dict[str, int]) -> str:
    """Return the mend for something too large: what is the largest in it."""
    first = sorted(sizes.items(), key=lambda item: -item[1])[:3]
    named = ", ".join(f"{name} {readable(size)}" for name, size in first)
    return f"Leave out or split what is large (most: {named}), or ship a container image"
