"""Memory of an import, and of the jobs of the night, which must not grow with what they take."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.bench.harness import OURS, Goal, Result, Row, at_most, on_functions_python

TITLE = "Memory of an import of a CSV file, and of the jobs of the night"
UNIT = "MB resident at most"
ROUNDS = 1
MOST = 96.0
MOST_GROWTH = 3.0


class Work(NamedTuple):
    """What a function is given, by what that is called: from the least to the most.

    `warm` is less than that, for the bytecode; `unit` is one of what it takes.
    """

    command: tuple[str, ...]
    warm: str
    unit: str
    sizes: dict[str, str]


def _night(job: str, *options: str) -> Work:
    counts = (1_000, 10_000, 100_000)
    command = ("tests.bench.nights_run", job, *options)
    return Work(command, "100", "an order", {f"{count:,} orders": str(count) for count in counts})


WORKS = {
    "order_import": Work(
        # The longest customers: as many bytes of fewer rows, so that a run ends within a minute.
        ("tests.bench.order_import_run", "--width", "254", "--megabytes"),
        "0.01",
        "a row",
        {f"{size} MB": size for size in ("1", "10", "100")},
    ),
    "orders_archive": _night("orders_archive", "--orders"),
    # A thousand more for a day of which the archive has so many: what rewriting it costs.
    "orders_archive, later": _night("orders_archive", "--orders", "1000", "--moved"),
    "orders_report": _night("orders_report", "--orders"),
}


def measure(rounds: int) -> Result:
    """Give each function little, more and much, each in a fresh interpreter."""
    rows: list[Row] = []
    goals: list[Goal] = []
    notes: list[str] = []
    for name, work in WORKS.items():
        on_functions_python(*work.command, work.warm)
        runs: dict[str, list[dict[str, Any]]] = {
            f"{name}: {size}": [on_functions_python(*work.command, given) for _ in range(rounds)]
            for size, given in work.sizes.items()
        }
        found = [Row(what, {OURS: [f["resident_mb"] for f in of]}) for what, of in runs.items()]
        rows += found
        least, *_, most = (row.medians()[OURS] for row in found)
        small, *_, large = work.sizes
        goals += [
            at_most(f"{name}, {large}: MB resident", most, MOST),
            at_most(f"{name}, {large}: MB more than for {small}", most - least, MOST_GROWTH),
        ]
        run = runs[f"{name}: {large}"][0]
        notes.append(
            f"{name}: {run['cpu_us_each']} µs of CPU {work.unit}, {run['count']:,} of them at "
            f"most; {run['resident_mb_before']} MB are resident before the first."
        )
    notes.append(
        "boto3's real clients, up to where they would send. What stands for AWS is in the same "
        "process, and its memory in the figures; its CPU is not."
    )
    return Result(rows, goals, notes)
