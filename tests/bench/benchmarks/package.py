"""``make package`` beside what others package with: six functions, two with dependencies."""

from __future__ import annotations

import statistics
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.bench import packagers, peer_modules
from tests.bench.function_tree import (
    POWERTOOLS_FUNCTION,
    PYDANTIC_FUNCTION,
    STDLIB_FUNCTION,
    Tree,
)
from tests.bench.harness import (
    OURS,
    Result,
    Row,
    at_least,
    at_most,
    interleave,
    progress,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench.packagers import Packager

TITLE = "Packaging six functions, two of them with dependencies"
UNIT = "seconds of the process"
ROUNDS = 3
COLD, UNCHANGED = "cold", "nothing changed"
EDITED = {
    f"{name} changed": function
    for name, function in {
        "a function of the standard library": STDLIB_FUNCTION,
        "a function with Powertools": POWERTOOLS_FUNCTION,
        "a function with pydantic": PYDANTIC_FUNCTION,
    }.items()
}
NO_OUTPUT = "warm cache, no output"
# Seconds inside the packager, without Python's start.
INSIDE = {COLD: 3.2, UNCHANGED: 0.05, **dict.fromkeys(EDITED, 0.1), NO_OUTPUT: 0.15}
TIMES = {COLD: 2.5, UNCHANGED: 10.0, **dict.fromkeys(list(EDITED)[1:], 15.0)}


def _tools(folder: Path) -> dict[str, Packager]:
    tree = Tree(folder / "ours", copies=False)
    ours = packagers.Ours(tree)
    ours.build()  # Locks, and the cache of downloads.
    locks = tree.locks()

    def copy(name: str) -> Tree:
        return Tree(folder / name, copies=True, locks=locks)

    tools: dict[str, Packager] = {
        OURS: ours,
        "sam build --parallel": packagers.Sam(copy("sam"), "--parallel"),
        "sam build --cached --parallel": packagers.Sam(copy("cached"), "--cached", "--parallel"),
        "pip and zip": packagers.PipAndZip(copy("pip")),
    }
    modules = peer_modules.folder()
    if modules is not None:
        tools["terraform-aws-lambda package.py"] = packagers.PackagePy(copy("module"), modules)
    return tools


def _timed(tool: Packager, phase: str) -> Callable[[], float]:
    def taken() -> float:
        if phase == COLD:
            tool.forget(cache=True)
        if phase == NO_OUTPUT:
            tool.forget(cache=False)
        if phase in EDITED:
            tool.tree.edit(EDITED[phase])
        return tool.build()

    return taken


def measure(rounds: int) -> Result:
    """Take each phase by all tools, round by round; then build once more elsewhere, and compare."""
    with TemporaryDirectory(prefix="bench-package-") as folder:
        tools = _tools(Path(folder))
        for tool in tools.values():
            tool.build()
        ours = tools[OURS]
        assert isinstance(ours, packagers.Ours)
        rows, goals = [], []
        for phase in (COLD, UNCHANGED, *EDITED, NO_OUTPUT):
            progress(f"package: {phase}")
            candidates = {name: _timed(tool, phase) for name, tool in tools.items()}
            ours.inside.clear()
            # Each phase follows a build of the tool: none is its first.
            rows.append(Row(phase, interleave(candidates, rounds, warm_up=0)))
            inside = statistics.median(ours.inside)
            goals.append(at_most(f"{phase}: seconds inside the packager", inside, INSIDE[phase]))
        sizes = packagers.size(ours)
        identical = _identical(Path(folder))
    for row in rows:
        medians = row.medians()
        best = min(value for name, value in medians.items() if name != OURS)
        if row.what in TIMES:
            what = f"{row.what}: the best of them, times ours"
            goals.append(at_least(what, best / medians[OURS], TIMES[row.what]))
    goals.append(at_least("identical zips of six, built twice", identical[OURS], 6))
    told = ", ".join(f"{name} {count} of 6" for name, count in identical.items())
    notes = [
        (
            f"Built in two folders, from files of other dates, to the same bytes: {told}. "
            "Of `sam build`, which makes no zips before it deploys, names and bytes count."
        ),
        f"Our largest zip has {sizes / 1e6:.2f} MB, with bytecode; the others carry none.",
        (
            "All for arm64 but package.py, which installs for the machine. Downloads are cached; "
            "pip still asks the index, for the versions that ours has locked."
        ),
    ]
    if peer_modules.folder() is None:
        notes.append(
            "package.py of terraform-aws-modules/lambda is left out: name a folder with their "
            f"modules in {peer_modules.VARIABLE}."
        )
    return Result(rows, goals, notes)


def _identical(folder: Path) -> dict[str, int]:
    """Return by tool how many functions two builds make the same of."""
    first, second = _tools(folder / "first"), _tools(folder / "a" / "second")
    found = {}
    for name, tool in first.items():
        other = second[name]
        packagers.age(other.tree.root)
        tool.build()
        other.build()
        found[name] = packagers.same(tool.contents(), other.contents())
    return found
