"""What every benchmark has in common: rounds, medians, goals, and processes of another interpreter.

A round takes each candidate once, in an order that turns from round to round, so that what else the
machine does meets all of them. Rounds of warming up are not counted. A benchmark is a module in
`benchmarks` with `TITLE`, `UNIT`, `ROUNDS` and ``measure(rounds) -> Result``.

Only the standard library: benchmarks run on the interpreter of the functions as well.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Samples = dict[str, list[float]]

ROOT = Path(__file__).resolve().parents[2]
OURS = "ours"


class BenchError(Exception):
    """A benchmark cannot run here; the message says why, and the mend."""


@dataclass
class Row:
    """One work, and what each candidate took for it, round by round."""

    what: str
    samples: Samples

    def medians(self) -> dict[str, float]:
        """Return the median of each candidate."""
        return {name: statistics.median(taken) for name, taken in self.samples.items()}

    def ratio(self, peer: str) -> float:
        """Return how many times ours `peer` takes."""
        medians = self.medians()
        return medians[peer] / medians[OURS]


@dataclass(frozen=True)
class Goal:
    """What is wanted of a figure."""

    what: str
    seen: float
    bound: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Tell whether the figure is what is wanted."""
        return self.seen >= self.bound if self.at_least else self.seen <= self.bound


def at_least(what: str, seen: float, bound: float) -> Goal:
    """Return a goal that `seen` reaches from `bound` on."""
    return Goal(what, seen, bound, at_least=True)


def at_most(what: str, seen: float, bound: float) -> Goal:
    """Return a goal that `seen` reaches up to `bound`."""
    return Goal(what, seen, bound)


@dataclass
class Result:
    """What a benchmark has found.

    Attributes
    ----------
    rows
        What was timed.
    goals
        What is wanted, and what was seen.
    notes
        What a reader must know: versions, what was left out and why.
    """

    rows: list[Row]
    goals: list[Goal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def interleave(
    candidates: Mapping[str, Callable[[], float]], rounds: int, *, warm_up: int = 1
) -> Samples:
    """Take each candidate once a round; return what each has taken, warming up not counted."""
    names = list(candidates)
    samples: Samples = {name: [] for name in names}
    for number in range(rounds + warm_up):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            taken = candidates[name]()
            if number >= warm_up:
                samples[name].append(taken)
    return samples


def block(call: Callable[[], object], calls: int) -> Callable[[], float]:
    """Return what makes `calls` calls and tells the microseconds of CPU of one.

    Of CPU: what is taken waits for nothing, and whoever else wants the core adds nothing to it.
    """

    def taken() -> float:
        began = time.process_time()
        for _ in range(calls):
            call()
        return (time.process_time() - began) * 1e6 / calls

    return taken


def settle() -> None:
    """Let the garbage collector forget what is imported: one candidate's modules are not another's.

    In Lambda a handler has only its own.
    """
    gc.collect()
    gc.freeze()


def process_time(
    command: Sequence[object],
    *,
    cwd: Path = ROOT,
    environment: Mapping[str, str] | None = None,
) -> float:
    """Run a command to its end; return its seconds.

    Raises
    ------
    BenchError
        It fails.
    """
    return timed(command, cwd=cwd, environment=environment)[0]


def timed(
    command: Sequence[object],
    *,
    cwd: Path = ROOT,
    environment: Mapping[str, str] | None = None,
) -> tuple[float, str]:
    """Run a command as `process_time` does; return its seconds, and what it has printed."""
    began = time.perf_counter()
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=None if environment is None else dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    taken = time.perf_counter() - began
    if done.returncode:
        raise BenchError(
            f"{' '.join(map(str, command))[:300]} ended with {done.returncode}:\n"
            f"{done.stdout[-1500:]}{done.stderr[-1500:]}"
        )
    return taken, done.stdout


def on_functions_python(module: str, *arguments: str) -> Any:  # noqa: ANN401  any JSON
    """Run a module of ours in ``.venv-bench``; return what it gives to `answer`.

    Its standard output, where handlers log to, is thrown away.
    """
    python = ROOT / ".venv-bench" / "bin" / "python"
    if not python.is_file():
        raise BenchError(".venv-bench is missing. Mend: python3 tools/setup.py bench")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = Path(folder) / "answer.json"
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        done = subprocess.run(
            [str(python), "-m", module, *arguments],
            cwd=ROOT,
            env={**kept, "BENCH_ANSWER": str(path), "PYTHONPATH": f"{ROOT}:{ROOT / 'shared'}"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BenchError(f"{module} ended with {done.returncode}:\n{done.stderr[-3000:]}")
        return json.loads(path.read_text())


def answer(value: object) -> None:
    """Hand a value of JSON to the process that called `on_functions_python`."""
    Path(os.environ["BENCH_ANSWER"]).write_text(json.dumps(value))


def counted(number: int, thing: str) -> str:
    """Return a number of things in words: ``1 round``, ``3 rounds``."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def progress(text: str) -> None:
    """Tell what is being measured now."""
    print(f"bench: {text}", file=sys.stderr, flush=True)
