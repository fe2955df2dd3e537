"""The command line of ``make package``.

Exit codes: 0 all is packaged; 1 the source of a function is at fault (the others are packaged, its
last good zip stays); 2 the packager could not run.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tools.packager import manifest
from tools.packager.cache import Index, remove_tree
from tools.packager.errors import SourceError, ToolError
from tools.packager.interpreter import target
from tools.packager.kept import Kept
from tools.packager.limits import PLATFORMS, RUNTIMES
from tools.packager.lock import LOCK
from tools.packager.plan import Planner, Settings
from tools.packager.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tools.packager.build import Packager
    from tools.packager.kept import Built
    from tools.packager.plan import Plan

HELP_WIDTH = 100


def arguments(argv: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.packager",
        description="Package functions/<name>/ into dist/<name>.zip for AWS Lambda.",
        # A given width saves an import of shutil, with all kinds of archives, in each run.
        formatter_class=lambda prog: argparse.HelpFormatter(prog, width=HELP_WIDTH),
    )
    add = parser.add_argument
    add("names", nargs="*", metavar="NAME", help="functions to package (default: all)")
    add("--functions", type=Path, default=Path("functions"), metavar="DIR")
    add("--edge", type=Path, action="append", default=[], metavar="DIR",
        help="a function for Lambda@Edge: x86_64, bytecode alone (repeatable)")  # fmt: skip
    add("--shared", type=Path, default=Path("shared"), metavar="DIR")
    add("--dist", type=Path, default=Path("dist"), metavar="DIR")
    add("--cache", type=Path, default=Path(".cache/packager"), metavar="DIR")
    add("--arch", choices=sorted(PLATFORMS), default="arm64")
    add("--runtime", choices=RUNTIMES, default="3.13", help="Python version of the runtime")
    add("--interpreter", type=Path, metavar="PATH",
        help="a Python of that version, for bytecode (default: looked for)")  # fmt: skip
    add("--uv", type=Path, metavar="PATH", help="uv (default: the one on PATH)")
    add("--locked", action="store_true", help="never make a lock; a stale one is an error (CI)")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Package what the command line asks for; return the exit code."""
    began = time.perf_counter()
    options = arguments(argv)
    try:
        with alone(options.cache):
            return Run(options).package(began)
    except (ToolError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; the last good zips stay", file=sys.stderr)
        return 2


@contextlib.contextmanager
def alone(cache: Path) -> Iterator[None]:
    """Let one packager at a time work with a cache, and clean up after one that was killed."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("waiting for another make package to end", file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        remove_tree(cache / "tmp")
        yield


class Run:
    """One run of the packager."""

    def __init__(self, options: argparse.Namespace) -> None:
        settings = Settings(
            options.functions, options.edge, options.shared, options.dist,
            options.cache.absolute(),
            options.arch, options.runtime, options.locked,
        )  # fmt: skip
        if not settings.functions.is_dir():
            raise ToolError(
                f"{settings.functions} is not a folder. Run from the root of the checkout, or name "
                "the folder of the functions by --functions"
            )
        _check_edge(settings)
        self.index = Index(settings.cache / "index.json")
        self.settings = settings
        self._uv: Path | None = options.uv
        self.target = target(settings.runtime, options.interpreter, self.index)
        self.planner = Planner(settings, self.index, self.target)
        self.kept = Kept(settings, self.index)
        self.notices: dict[str, None] = {}
        self._packager: Packager | None = None
        self.present = self.planner.names()
        unknown = sorted(set(options.names) - set(self.present))
        if unknown:
            raise ToolError(
                f"no function {unknown[0]!r} in {settings.functions}. There are: "
                f"{', '.join(self.present) or 'none'}"
            )
        self.names = sorted(set(options.names)) or self.present
        self.progress = Progress(self.names)
        self.built: dict[str, Built] = {}
        self.sources_at_fault: dict[str, SourceError] = {}
        self.tool_errors: dict[str, Exception] = {}

    def package(self, began: float) -> int:
        """Package `names`; return the exit code."""
        settings = self.settings
        for leftover in settings.dist.glob(".*.half"):
            leftover.unlink()
        self._lock()
        plans = []
        for name in self.names:
            if name in self.sources_at_fault or name in self.tool_errors:
                continue
            with self._caught(name):
                self.progress.start(name, "reading")
                plan = self.planner.plan(name)
                known = self.kept.known(plan)
                if known:
                    self._finish(name, known)
                else:
                    plans.append(plan)
        if plans:
            self._build(plans)
        for name, built in self.built.items():
            self.kept.remember(name, built.record)
        self.kept.sweep(self.present, self._packager.used if self._packager else ())
        entries = {name: built.record["entry"] for name, built in self.built.items()}
        manifest.update(settings.dist, self.present, entries)
        self.index.save(whole=self.names == self.present)
        return self._report(began)

    def packager(self) -> Packager:
        """Return what builds. An unchanged tree has no use for it, nor for what it imports."""
        if self._packager is None:
            from tools.packager.build import Packager  # noqa: PLC0415  see above
            from tools.packager.dependencies import Uv, found_uv  # noqa: PLC0415

            settings = self.settings
            uv = Uv(self._uv or found_uv(), sys.executable, settings.cache, settings.runtime)
            self._packager = Packager(self.planner, self.kept, uv, self.notices)
        return self._packager

    def _lock(self) -> None:
        """Make the locks that are missing or stale."""
        wanted = {}
        for name in self.names:
            with self._caught(name):
                state = self.planner.lock_wanted(name)
                if state:
                    wanted[name] = state
        if not wanted:
            return
        packager = self.packager()

        def make(name: str) -> Callable[[], None]:
            def task() -> None:
                with self._caught(name):
                    folder = self.settings.folder(name)
                    self.progress.start(name, "locking dependencies")
                    packager.uv.lock(folder)
                    self.notices[f"{folder / LOCK} was {wanted[name]} and is made; commit it"] = (
                        None
                    )

            return task

        _in_parallel([make(name) for name in wanted])

    def _build(self, plans: list[Plan]) -> None:
        """Build `plans`: those with dependencies wait longest, so their installs start first."""
        packager = self.packager()

        def ahead(step: Callable[[Plan], object], plan: Plan) -> Callable[[], None]:
            def task() -> None:
                # What goes wrong is reported by the build that needs the dependencies.
                with contextlib.suppress(Exception):
                    step(plan)

            return task

        def build(plan: Plan) -> Callable[[], None]:
            def task() -> None:
                with self._caught(plan.name):
                    self._finish(plan.name, packager.build(plan, self.progress))

            return task

        heavy = [plan for plan in plans if plan.lock]
        light = [plan for plan in plans if not plan.lock]
        # While a handler is imported, by another process, its dependencies are compressed here.
        first = [ahead(packager.dependencies, plan) for plan in heavy]
        beside = [ahead(packager.compress_dependencies, plan) for plan in heavy]
        tasks = [*map(build, heavy), *beside, *map(build, light)]
        _in_parallel([*first, *tasks] if len(plans) > 1 else [*map(build, plans)])

    def _finish(self, name: str, built: Built) -> None:
        """Note and show what came of `name`."""
        self.built[name] = built
        self.progress.done(name, built.outcome, built.record["entry"]["zip_bytes"])

    @contextlib.contextmanager
    def _caught(self, name: str) -> Iterator[None]:
        """Note what goes wrong with `name`, so that the other functions are still packaged."""
        try:
            yield
        except SourceError as error:
            self.sources_at_fault[name] = error
            self.progress.done(name, "failed")
        except (ToolError, OSError) as error:
            self.tool_errors[name] = error
            self.progress.done(name, "failed")
        except Exception:  # noqa: BLE001  in a thread it would end nothing, and the run pass for good
            import traceback  # noqa: PLC0415  a run that succeeds has no use for it

            said = f"a fault of the packager itself, not of the function: {traceback.format_exc()}"
            self.tool_errors[name] = ToolError(said.rstrip())
            self.progress.done(name, "failed")

    def _report(self, began: float) -> int:
        """Print notices, errors and the sum; return the exit code."""
        if self.target is None:
            version = self.settings.runtime
            self.notices[
                f"no Python {version} here: zips carry no bytecode, so imports at a cold start "
                "take two to three times as long, and handlers were not imported as a check. "
                f"Install one (uv python install {version}), or name it by --interpreter"
            ] = None
        for notice in self.notices:
            print(f"notice: {notice}", file=sys.stderr)
        for name in self.names:
            source = self.sources_at_fault.get(name)
            for fault in source.faults if source else ():
                print(f"error: {name}: {fault}", file=sys.stderr)
            if name in self.tool_errors:
                print(f"error: {name}: {self.tool_errors[name]}", file=sys.stderr)
        outcomes = [built.outcome for built in self.built.values()]
        failed = len(self.sources_at_fault) + len(self.tool_errors)
        counts = [f"{outcomes.count(o)} {o}" for o in ("built", "cached", "unchanged")]
        counts = [count for count in [*counts, f"{failed} failed"] if not count.startswith("0 ")]
        spent = time.perf_counter() - began
        summary = ", ".join(counts) or "no functions"
        print(f"{summary} in {spent:.3f} s, {self.settings.dist}/{manifest.MANIFEST}")
        if self.tool_errors:
            return 2
        return 1 if self.sources_at_fault else 0


def _in_parallel(tasks: list[Callable[[], None]]) -> None:
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


def _check_edge(settings: Settings) -> None:
    """Refuse folders for the edge that are none, or whose zip would be another's."""
    names: dict[str, Path] = {}
    for folder in settings.edge:
        if not folder.is_dir():
            raise ToolError(f"--edge {folder} is not a folder. Name the folder of a function")
        other = settings.functions / folder.name
        if not other.exists():
            other = names.setdefault(folder.name, folder)
        if other is not folder:
            raise ToolError(
                f"--edge {folder}: {other} has the same name, and both would be "
                f"{settings.dist / folder.name}.zip. Rename one, or leave one out"
            )
