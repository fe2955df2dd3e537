"""Run benchmarks: ``python -m tests.bench [--only NAME,…] [--rounds N] [--check] [--publish]``."""

from __future__ import annotations

import argparse
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.bench import machine, report
from tests.bench.harness import ROOT, BenchError, counted, progress

NAMES = sorted(path.stem for path in (Path(__file__).parent / "benchmarks").glob("*.py"))
LAST = ROOT / ".cache" / "bench.json"


def main(arguments: list[str] | None = None) -> int:
    """Measure, print and keep; with --check fail where a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", type=_names, default=NAMES, help=f"of {', '.join(NAMES)}")
    parser.add_argument("--rounds", type=_count, help="in place of each benchmark's own number")
    parser.add_argument("--check", action="store_true", help="fail where a goal is missed")
    parser.add_argument("--publish", action="store_true", help="fill docs/performance.md, README")
    options = parser.parse_args(arguments)
    results: dict[str, Any] = {}
    broken = False
    for name in options.only:
        benchmark = import_module(f"tests.bench.benchmarks.{name}")
        rounds = options.rounds or benchmark.ROUNDS
        progress(f"{name}: {benchmark.TITLE}, {counted(rounds, 'round')}")
        before = machine.line()
        try:
            result = benchmark.measure(rounds)
        except BenchError as error:
            print(f"bench: {name}: {error}", file=sys.stderr)
            broken = True
            continue
        results[name] = report.as_json(benchmark.TITLE, benchmark.UNIT, rounds, before, result)
        print(f"\n## {benchmark.TITLE}\n\n{report.section(results[name])}\n")
        print("\n".join(report.told(goal) for goal in result.goals), flush=True)
        LAST.parent.mkdir(parents=True, exist_ok=True)
        LAST.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
        if options.publish:
            report.keep({name: results[name]})
    print(f"\nJSON: {LAST.relative_to(ROOT)}")
    if options.publish:
        report.fill(report.kept())
    missed = report.missed(results)
    for line in missed:
        print(f"missed: {line}", file=sys.stderr)
    return 2 if broken else int(options.check and bool(missed))


def _names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in NAMES:
            raise argparse.ArgumentTypeError(
                f"there is no benchmark {name!r}; take some of {', '.join(NAMES)}"
            )
    return names


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of rounds: give 1 or more")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
