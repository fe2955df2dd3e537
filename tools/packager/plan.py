"""Read the source of a function: what its zip is made from, and whether it can be one.

Nothing is written here, and nothing runs but, for syntax newer than this Python's, the target's
interpreter.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import deflate

from tools.packager import limits, lock, sources
from tools.packager.closure import closure
from tools.packager.errors import Fault, SourceError

if TYPE_CHECKING:
    from tools.packager.cache import Index
    from tools.packager.imports import Facts
    from tools.packager.interpreter import Target
    from tools.packager.sources import SourceFile

# What reads the metadata of dependencies, which else does not ship.
METADATA_READERS = ("importlib.metadata", "importlib_metadata", "pkg_resources")


class Settings(NamedTuple):
    """What was asked for on the command line.

    `functions` has a folder for each function; `edge` are folders of functions for Lambda@Edge.
    """

    functions: Path
    edge: list[Path]
    shared: Path
    dist: Path
    cache: Path
    arch: str
    runtime: str
    locked: bool

    def folder(self, name: str) -> Path:
        """Return the folder of the function `name`."""
        return self.edge_folder(name) or self.functions / name

    def edge_folder(self, name: str) -> Path | None:
        """Return the folder of the function `name`, None if it is not for Lambda@Edge."""
        return next((folder for folder in self.edge if folder.name == name), None)

    def arch_of(self, name: str) -> str:
        """Return the architecture that the function `name` is built for."""
        return limits.EDGE_ARCH if self.edge_folder(name) else self.arch


class Plan(NamedTuple):
    """A function whose source was read: everything that its zip is made from.

    `files` are the function's own and the shared ones that it imports; `lock` is the digest of its
    lock, empty without dependencies; `metadata` tells whether a source asks what is installed;
    `key` stands for all of it.
    """

    name: str
    folder: Path
    files: dict[str, SourceFile]
    lock: str
    metadata: bool
    key: str


class Planner:
    """Reads functions.

    Parameters
    ----------
    target
        The interpreter of the target's version, None where there is none.
    """

    def __init__(self, settings: Settings, index: Index, target: Target | None) -> None:
        self.settings = settings
        self.target = target
        self.minor = int(settings.runtime.partition(".")[2])
        self.tool = _own_digest(index)
        self.index = index
        self._shared: list[SourceFile] | None = None

    def names(self) -> list[str]:
        """Return the functions that the source has: the folders with anything to ship in them."""
        folders = sorted(
            entry
            for entry in self.settings.functions.iterdir()
            if entry.is_dir() and not sources.left_out(entry.name)
        )
        names = [
            folder.name
            for folder in folders
            if folder.is_symlink() or any(not sources.left_out(f.name) for f in folder.iterdir())
        ]
        return sorted({*names, *(folder.name for folder in self.settings.edge)})

    def lock_wanted(self, name: str) -> str:
        """Return whether the lock of `name` must be made: why, or nothing.

        Raises
        ------
        SourceError
            It must, and ``--locked`` forbids it; or requirements.txt has options in it.
        """
        folder = self.settings.folder(name)
        requirements = folder / lock.REQUIREMENTS
        if not requirements.is_file():
            return ""
        content = requirements.read_bytes()
        if not lock.wants_dependencies(content):
            return ""
        lock.check_requirements(requirements, content)
        state = lock.state(folder, content, self.settings.runtime)
        if state == "fresh":
            return ""
        if self.settings.locked:
            what = f"{lock.LOCK} is {state}" + (
                f" ({lock.REQUIREMENTS} changed)" if state == "stale" else ""
            )
            raise SourceError(Fault(f"{folder / lock.LOCK}:1", what, lock.MEND_LOCK))
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
        folder = self.settings.folder(name)
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
        requirements = folder / lock.REQUIREMENTS
        pinned = ""
        if requirements.is_file() and lock.wants_dependencies(requirements.read_bytes()):
            locked = folder / lock.LOCK
            pinned = self.index.digest(str(locked), locked.stat())
        metadata = bool(pinned) and any(
            imported.startswith(METADATA_READERS)
            for file in files.values() if file.name.endswith(".py")
            for imported in self.facts(file)["imports"]
        )  # fmt: skip
        return Plan(name, folder, files, pinned, metadata, self._key(name, files, pinned))

    def _with_shared(self, own: dict[str, SourceFile]) -> dict[str, SourceFile]:
        """Return `own` and what of shared/ it imports; its own files win over shared ones."""
        if self._shared is None:
            there = self.settings.shared.is_dir()
            self._shared = sources.walk(self.settings.shared, self.index) if there else []
        # Python takes a package before a module of its name: of both in a zip, the shared one.
        hidden = tuple(f"{name.removesuffix('.py')}/" for name in own if name.endswith(".py"))
        shared = [file for file in self._shared if not file.name.startswith(hidden)]
        files = {**{file.name: file for file in shared}, **own}
        starts = [name for name in own if name.endswith(".py")]
        faults: list[Fault] = []

        def imports_of(name: str) -> list[str]:
            try:
                return self.facts(files[name])["imports"]
            except SourceError as error:
                faults.extend(error.faults)
                return []

        reached = closure(starts, files, imports_of)
        if faults:
            raise SourceError(*sorted(set(faults)))
        packages = tuple(
            name.removesuffix("__init__.py")
            for name in reached - set(own)
            if name.endswith("/__init__.py")
        )
        for file in shared:
            data = not file.name.endswith(".py") and file.name.startswith(packages)
            if packages and data and file.name not in own:
                reached.add(file.name)
        return {name: files[name] for name in sorted(reached | set(own))}

    def facts(self, file: SourceFile) -> Facts:
        """Return what the source `file` says, read once for each content."""
        # Another packager may see other imports in it, another Python other syntax.
        key = f"{self.tool[:16]}-{self.minor}-{file.digest}"
        self.index.used.add(key)
        known = self.index.parsed.get(key)
        if known is None:
            known = self._parse(file)
            self.index.parsed[key] = known
        return known

    def _parse(self, file: SourceFile) -> Facts:
        """Parse `file` here, or in the target's interpreter when this one does not understand."""
        from tools.packager import imports  # noqa: PLC0415  brings ast, which a known source needs not

        try:
            return imports.facts(imports.parse(sources.content(file), self.minor))
        except SyntaxError as error:
            line, message = error.lineno or 1, error.msg
        mend = f"Write it in Python {self.settings.runtime}"
        if self.target is None:
            mend += f", or install that version, if what {_running()} does not know is newer syntax"
            raise SourceError(_syntax_fault(file, line, message, mend))
        path = {file.name: os.path.abspath(file.path)}  # noqa: PTH100
        from tools.packager.worker import work  # noqa: PLC0415  brings subprocess

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

    def _key(self, name: str, files: dict[str, SourceFile], pinned: str) -> str:
        """Return a digest of all that decides the bytes of a zip."""
        compiler = self.target.compiler if self.target else ""
        content = [(file.name, file.digest) for file in files.values()]
        # Of the edge there is more than its architecture: bytecode alone, and a smaller zip.
        edge = self.settings.edge_folder(name) is not None
        arch = self.settings.arch_of(name)
        settings = [self.tool, arch, edge, self.settings.runtime, compiler]
        return _digest_of([*settings, name, content, pinned])

    def dependencies_key(self, plan: Plan) -> str:
        """Return the name of the cache's folder for the dependencies of `plan`."""
        if not plan.lock:
            return ""
        target = [self.settings.arch_of(plan.name), self.settings.runtime]
        return _digest_of([self.tool, plan.lock, plan.metadata, *target])[:32]


def _own_digest(index: Index) -> str:
    """Return a digest of the packager itself: other rules or another compressor, other zips."""
    here = Path(__file__).parent
    files = sorted(os.scandir(here), key=lambda entry: entry.name)
    files += sorted(os.scandir(here / "target"), key=lambda entry: entry.name)
    own = [(e.name, index.digest(e.path, e.stat())) for e in files if e.name.endswith(".py")]
    return _digest_of([own, deflate.__version__])


def _digest_of(value: object) -> str:
    """Return the sha256 of `value` in JSON form."""
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()


def _running() -> str:
    """Return the name of the Python that runs the packager."""
    return f"Python {sys.version_info.major}.{sys.version_info.minor}"


def _syntax_fault(file: SourceFile, line: int, message: str, mend: str) -> Fault:
    """Return the fault of a source that does not parse, with the line that is wrong."""
    text = Path(file.path).read_bytes().decode(errors="replace").splitlines()
    wrong = text[line - 1].strip() if 0 < line <= len(text) else ""
    return Fault(f"{file.label}:{line}", f"syntax error, {message}: {wrong}", mend)
