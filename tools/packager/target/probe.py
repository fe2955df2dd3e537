"""Import the handler as Lambda would, and see what that imports. Runs in the target's interpreter.

Bytecode of dependencies is a by-product: each of their modules is compiled once, for this import,
for the zip and for every later import.
"""

from __future__ import annotations

import _imp
import gc
import marshal
import os
import sys
from importlib import import_module
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
)

from tools.packager.target.compiler import compiled
from tools.packager.target.stubs import StubFinder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, TracebackType
    from typing import Any

# Part of Python since 3.12, which is the oldest target; the tools may run on an older one.
MONITORING = sys.monitoring  # type: ignore[attr-defined]
HEADER = 16
COROUTINE = 0x80
# A value that reads as text, number, JSON and truth alike.
PLACEHOLDER = "1"


class Placeholders(os._Environ):  # type: ignore[type-arg]
    """An environment in which every variable that is asked for by name is there.

    Lambda sets variables that the packager does not know. `missed` are those that were asked for
    in a way that may be answered with "there is none"; they are made up too when `generous`.
    """

    generous = False
    missed: set[str] = set()  # noqa: RUF012  one environment a process

    def is_set(self, key: str) -> bool:
        """Tell whether Lambda itself sets the variable."""
        return self.encodekey(key) in self._data  # type: ignore[attr-defined]

    def __getitem__(self, key: str) -> str:
        return str(super().__getitem__(key)) if self.is_set(key) else PLACEHOLDER

    def get(self, key: str, default: object = None) -> object:
        """Return the variable, or `default`, or a placeholder where there is neither."""
        if self.is_set(key):
            return super().__getitem__(key)
        if default is None:
            self.missed.add(key)
            return PLACEHOLDER if self.generous else None
        return default

    def pop(self, key: str, *default: object) -> object:
        """Take the variable out; where it is not set, answer as `get` and ``[]`` do."""
        if self.is_set(key):
            return super().pop(key)
        return self.get(key, *default) if default else PLACEHOLDER

    def __delitem__(self, key: str) -> None:
        if self.is_set(key):
            super().__delitem__(key)

    def __contains__(self, key: object) -> bool:
        if self.is_set(str(key)):
            return True
        self.missed.add(str(key))
        return self.generous


class Recorder:
    """Loads sources from the staged function and from its dependencies, and notes what it loaded.

    Parameters
    ----------
    job
        `stage`, `site`: folders of the function and of its dependencies; `ships`: that of the
        dependencies in the zip; `store`: folder of their bytecode, filled here; `own`: path of the
        bytecode of each file of the function that is not in `codes`; `differs`: files of `site`
        that are not those of `ships`.
    codes
        Bytecode of files of the function.
    """

    def __init__(self, job: dict[str, Any], codes: dict[str, bytes]) -> None:
        self.stage, self.site, self.store = job["stage"] + "/", job["site"] + "/", job["store"]
        self.own, self.differs, self.codes = job["own"], job["differs"], codes
        self.ships = job["ships"]
        self.imported: list[str] = []
        self.dependencies: list[str] = []
        self.ran: dict[str, list[int]] = {}
        # By identity: equal functions of two modules are equal code.
        self.watched: dict[int, tuple[CodeType, str]] = {}

    def code(self, path: str) -> CodeType:
        """Return the code of the source at `path`."""
        if path.startswith(self.stage):
            code = self._own(path[len(self.stage) :])
        else:
            code = self._dependency(path, path[len(self.site) :])
        _imp._fix_co_filename(code, path)  # type: ignore[attr-defined]
        return code

    def _own(self, name: str) -> CodeType:
        data = self.codes.get(name) or read(self.own[name])
        code: CodeType = marshal.loads(memoryview(data)[HEADER:])  # noqa: S302  compiled here
        self.imported.append(name)
        self._watch(code, name)
        return code

    def _dependency(self, path: str, name: str) -> CodeType:
        self.dependencies.append(name)
        stored = f"{self.store}/{name}c"
        if name in self.differs:
            # What is imported is this machine's; the zip gets the bytecode of its own file.
            if os.path.exists(f"{self.ships}/{name}") and not os.path.exists(stored):  # noqa: PTH110
                write(stored, compiled(read(f"{self.ships}/{name}"), name)[1])
            return compiled(read(path), name)[0]
        try:
            return marshal.loads(memoryview(read(stored))[HEADER:])  # type: ignore[no-any-return]  # noqa: S302
        except FileNotFoundError:
            code, data = compiled(read(path), name)
            write(stored, data)
            return code

    def _watch(self, code: CodeType, name: str) -> None:
        """Note when a function of `code` starts: its body is then a part of the import."""
        for constant in code.co_consts:
            if isinstance(constant, type(code)):
                self.watched[id(constant)] = (constant, name)
                events = MONITORING.events.PY_START
                MONITORING.set_local_events(MONITORING.PROFILER_ID, constant, events)
                self._watch(constant, name)

    def started(self, code: CodeType, _offset: int) -> object:
        """Take the interpreter's word that `code` starts."""
        watched = self.watched.get(id(code))
        if watched:
            self.ran.setdefault(watched[1], []).append(code.co_firstlineno)
        return MONITORING.DISABLE


def read(path: str) -> bytes:
    """Return the content of the file at `path`."""
    with open(path, "rb") as file:  # noqa: PTH123
        return file.read()


def write(path: str, data: bytes) -> None:
    """Put `data` at `path` at once; two imports may do so at the same time."""
    os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120
    half = f"{path}.{os.getpid()}"
    with open(half, "wb") as file:  # noqa: PTH123
        file.write(data)
    os.replace(half, path)  # noqa: PTH105


def run(job: dict[str, Any], codes: dict[str, bytes]) -> dict[str, Any]:
    """
    Import the module app and return what came of it.

    Returns
    -------
    dict
        `imported` and `dependencies`: names of the sources that were imported; `ran`: first lines
        of the functions that ran; `handler`: ``yes``, ``async`` or ``no``; or, when the import
        fails, `error`, `missing` (a module that is not there), `frames` (file and line, the
        outermost first) and `missed` variables.
    """
    recorder = Recorder(job, codes)

    class Loader(SourceFileLoader):
        def get_code(self, fullname: str) -> CodeType | None:
            return recorder.code(self.get_filename(fullname))

    def hook(path: str) -> FileFinder:
        if f"{path}/".startswith((recorder.stage, recorder.site)):
            extensions = (ExtensionFileLoader, EXTENSION_SUFFIXES)
            return FileFinder(path, extensions, (Loader, [".py"]))
        raise ImportError(path)

    for name in [name for name in sys.modules if name.partition(".")[0] == "tools"]:
        del sys.modules[name]  # A function may have a module of that name.
    sys.dont_write_bytecode = True
    sys.pycache_prefix = None
    sys.path_hooks.insert(0, hook)
    sys.path[:0] = [job["stage"], job["site"]]
    sys.meta_path.append(StubFinder(job["stubs"]))
    MONITORING.use_tool_id(MONITORING.PROFILER_ID, "packager")
    MONITORING.register_callback(
        MONITORING.PROFILER_ID, MONITORING.events.PY_START, recorder.started
    )
    environment = os.environ
    Placeholders.generous = job["generous"]
    os.environ = Placeholders(  # noqa: B003  only reads are ours to answer
        {os.fsencode(key): os.fsencode(value) for key, value in job["environment"].items()},
        environment.encodekey, environment.decodekey, environment.encodevalue,
        environment.decodevalue,
    )  # fmt: skip
    gc.disable()
    try:
        handler = getattr(import_module("app"), "handler", None)
    except BaseException as error:  # noqa: BLE001  SystemExit too is a handler that does not import
        return failure(error)
    flags = getattr(getattr(handler, "__code__", None), "co_flags", 0)
    kind = "async" if flags & COROUTINE else "yes"
    return {
        "imported": recorder.imported,
        "dependencies": recorder.dependencies,
        "ran": recorder.ran,
        "handler": kind if callable(handler) else "no",
    }


def failure(error: BaseException) -> dict[str, Any]:
    """Return what the author of the function needs to know of `error`."""
    frames: list[tuple[str, int]] = []
    traceback: TracebackType | None = error.__traceback__
    while traceback:
        frames.append((traceback.tb_frame.f_code.co_filename, traceback.tb_lineno))
        traceback = traceback.tb_next
    text = str(error)
    return {
        "error": f"{type(error).__name__}: {text}" if text else type(error).__name__,
        "missing": error.name or "" if isinstance(error, ModuleNotFoundError) else "",
        "frames": frames,
        "missed": sorted(Placeholders.missed),
    }
