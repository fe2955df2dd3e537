"""The command line of ``make package``.

Exit codes: 0 all is packaged; 1 the source of a function is at fault (the others are packaged, its
last good zip stays); 2 the packager could not run.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tools.packager import manifest
from tools.packager.build import Packager, in_parallel
from tools.packager.cache import Index
from tools.packager.dependencies import LOCK, Uv
from tools.packager.errors import SourceError, ToolError
from tools.packager.interpreter import target
from tools.packager.limits import PLATFORMS, RUNTIMES
from tools.packager.plan import Planner, Settings
from tools.packager.progress import Progress
from tools.paths import CACHE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tools.packager.build import Built
    from tools.packager.plan import Plan

# Where `make setup` puts uv when there is none on PATH.
UV_OF_SETUP = CACHE / "uv-environment" / "bin" / "uv"


def arguments(argv: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.packager",
        description="Package functions/<name>/ into dist/<name>.zip for AWS Lambda.",
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
        shutil.rmtree(cache / "tmp", ignore_errors=True)
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
        interpreter = target(settings.runtime, options.interpreter, self.index)
        uv = Uv(options.uv or _uv(), sys.executable, settings.cache, settings.runtime)
        self.planner = Planner(settings, self.index, interpreter)
        self.packager = Packager(self.planner, self.index, uv)
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
        settings = self.packager.settings
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
                known = self.packager.known(plan)
                if known:
                    self._finish(name, known)
                else:
                    plans.append(plan)
        self._build(plans)
        for name, built in self.built.items():
            self.packager.remember(name, built.record)
        self.packager.sweep(self.present)
        entries = {name: built.record["entry"] for name, built in self.built.items()}
        manifest.update(settings.dist, self.present, entries)
        self.index.save(whole=self.names == self.present)
        return self._report(began)

    def _lock(self) -> None:
        """Make the locks that are missing or stale."""
        wanted = {}
        for name in self.names:
            with self._caught(name):
                state = self.planner.lock_wanted(name)
                if state:
                    wanted[name] = state

        def make(name: str) -> Callable[[], None]:
            def task() -> None:
                with self._caught(name):
                    folder = self.packager.settings.folder(name)
                    self.progress.start(name, "locking dependencies")
                    self.packager.uv.lock(folder)
                    self.packager.notices[
                        f"{folder / LOCK} was {wanted[name]} and is made; commit it"
                    ] = None

            return task

        in_parallel([make(name) for name in wanted])

    def _build(self, plans: list[Plan]) -> None:
        """Build `plans`: those with dependencies wait longest, so their installs start first."""

        def ahead(plan: Plan) -> Callable[[], None]:
            def task() -> None:
                # What goes wrong is reported by the build that needs the dependencies.
                with contextlib.suppress(SourceError, ToolError, OSError):
                    self.packager.compress_dependencies(plan)

            return task

        def build(plan: Plan) -> Callable[[], None]:
            def task() -> None:
                with self._caught(plan.name):
                    self._finish(plan.name, self.packager.build(plan, self.progress))

            return task

        heavy = [plan for plan in plans if plan.lock]
        light = [plan for plan in plans if not plan.lock]
        first = [ahead(plan) for plan in heavy] if len(plans) > 1 else []
        in_parallel([*first, *(build(plan) for plan in [*heavy, *light])])

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

    def _report(self, began: float) -> int:
        """Print notices, errors and the sum; return the exit code."""
        packager = self.packager
        if packager.target is None:
            version = packager.settings.runtime
            packager.notices[
                f"no Python {version} here: zips carry no bytecode, so imports at a cold start "
                "take two to three times as long, and handlers were not imported as a check. "
                f"Install one (uv python install {version}), or name it by --interpreter"
            ] = None
        for notice in packager.notices:
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
        print(f"{summary} in {spent:.3f} s, {packager.settings.dist}/{manifest.MANIFEST}")
        if self.tool_errors:
            return 2
        return 1 if self.sources_at_fault else 0


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


def _uv() -> Path | None:
    """Return uv: the one on PATH, else the one of `make setup`."""
    on_path = shutil.which("uv")
    if on_path:
        return Path(on_path)
    return UV_OF_SETUP if os.access(UV_OF_SETUP, os.X_OK) else None
