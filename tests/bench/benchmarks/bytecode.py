"""What shipped bytecode brings a bundled dependency, and what it adds to the zip."""

from __future__ import annotations

import os
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.bench import machine
from tests.bench.benchmarks.cold_start import cpu_milliseconds
from tests.bench.function_tree import POWERTOOLS_FUNCTION, PYDANTIC_FUNCTION, Tree
from tests.bench.harness import (
    OURS,
    ROOT,
    Result,
    Row,
    at_least,
    at_most,
    interleave,
    process_time,
)

if TYPE_CHECKING:
    from collections.abc import Callable

TITLE = "A zip with bytecode, and without"
UNIT = "import, ms of CPU over an empty interpreter"
ROUNDS = 15
WITHOUT = "without bytecode"
FUNCTIONS = {"pydantic, two models": PYDANTIC_FUNCTION, "Powertools' resolver": POWERTOOLS_FUNCTION}
# A machine without an interpreter of the target's version.
NO_INTERPRETER = (
    "import sys; from tools import interpreters; "
    "interpreters.candidates = lambda minor: []; "
    "from tools.packager.cli import main; sys.exit(main())"
)


def _packaged(root: Path, program: list[str | Path]) -> dict[str, Path]:
    """Package the tree; return the zips by function."""
    process_time(
        [sys.executable, *program, "--arch", machine.architecture()],
        cwd=root, environment={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return {path.stem: path for path in (root / "dist").glob("*.zip")}


def _unpacked(zipped: Path, folder: Path) -> Path:
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(folder)
    return folder


def measure(rounds: int) -> Result:
    """Package twice; import what is in the zips."""
    python = ROOT / ".venv-local-aws" / "bin" / "python"
    with TemporaryDirectory(prefix="bench-bytecode-") as name:
        folder = Path(name)
        for tree in ("with", "without"):
            Tree(folder / tree, copies=False)
        zips = {
            OURS: _packaged(folder / "with", ["-m", "tools.packager", "--interpreter", python]),
            WITHOUT: _packaged(folder / "without", ["-c", NO_INTERPRETER]),
        }
        candidates: dict[str, Callable[[], float]] = {"empty": _importing("", "")}
        for function in FUNCTIONS.values():
            for kind, built in zips.items():
                path = _unpacked(built[function], folder / kind / function)
                candidates[f"{function}\0{kind}"] = _importing("import app", str(path))
        samples = interleave(candidates, rounds)
        sizes = {
            function: {kind: built[function].stat().st_size for kind, built in zips.items()}
            for function in FUNCTIONS.values()
        }
    empty = sorted(samples.pop("empty"))[rounds // 2]
    rows, goals, notes = [], [], []
    for what, function in FUNCTIONS.items():
        taken = {kind: samples[f"{function}\0{kind}"] for kind in zips}
        row = Row(what, {kind: [v - empty for v in values] for kind, values in taken.items()})
        rows.append(row)
        size = sizes[function]
        growth = 100 * (size[OURS] / size[WITHOUT] - 1)
        goals.append(
            at_least(f"{what}: import without bytecode, times ours", row.ratio(WITHOUT), 2)
        )
        goals.append(at_most(f"{what}: the zip grows by per cent", growth, 30))
        notes.append(
            f"{what}: the zip has {size[OURS] / 1000:,.0f} KB, and {size[WITHOUT] / 1000:,.0f} KB "
            "without."
        )
    return Result(rows, goals, notes)


def _importing(program: str, path: str) -> Callable[[], float]:
    return lambda: cpu_milliseconds(program, path)
