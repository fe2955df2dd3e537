"""Memory of an import, and of the jobs of the night, which must not grow with what they take."""

from __future__ import annotations

from typing import Any

from tests.bench.harness import OURS, Goal, Result, Row, at_most, on_functions_python

TITLE = "Memory of an import of a CSV file, and of the jobs of the night"
UNIT = "MB resident at most"
ROUNDS = 1
MOST = 96.0
MOST_GROWTH = 3.0
# The longest customers: as many bytes of fewer rows, so that a run ends within a minute.
IMPORT = ("tests.bench.order_import_run", "--width", "254", "--megabytes")
WORKS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    # What is run, and what it is given by what that is called. Each from the least to the most.
    "order_import": (IMPORT, {f"{size} MB": size for size in ("1", "10", "100")}),
    **{
        job: (
            ("tests.bench.nights_run", job, "--orders"),
            {f"{count // 1000},000 orders": str(count) for count in (1_000, 10_000, 100_000)},
        )
        for job in ("orders_archive", "orders_report")
    },
}


def measure(rounds: int) -> Result:
    """Give each function little, more and much, each in a fresh interpreter."""
    rows: list[Row] = []
    goals: list[Goal] = []
    notes: list[str] = []
    for work, ((module, *options), sizes) in WORKS.items():
        on_functions_python(
            module, *options, "0.01" if work == "order_import" else "100"
        )  # bytecode
        runs: dict[str, list[dict[str, Any]]] = {
            f"{work}: {size}": [on_functions_python(module, *options, given) for _ in range(rounds)]
            for size, given in sizes.items()
        }
        found = [Row(what, {OURS: [f["resident_mb"] for f in of]}) for what, of in runs.items()]
        rows += found
        least, *_, most = (row.medians()[OURS] for row in found)
        small, *_, large = sizes
        goals += [
            at_most(f"{work}, {large}: MB resident", most, MOST),
            at_most(f"{work}, {large}: MB more than for {small}", most - least, MOST_GROWTH),
        ]
        notes.append(_told(work, large, runs[f"{work}: {large}"][0]))
    notes.append(
        "boto3's real clients, up to where they would send. What stands for AWS is in the same "
        "process, and its memory in the figures; its CPU is not."
    )
    return Result(rows, goals, notes)


def _told(work: str, size: str, run: dict[str, Any]) -> str:
    before = f"{run['resident_mb_before']} MB are resident before the first"
    if "rows" in run:
        cpu = f"{size} are {run['rows']:,} rows, {run['cpu_us_a_row']} µs of CPU each"
        return f"{work}: {cpu}; {before} row."
    return f"{work}: {run['cpu_us_an_order']} µs of CPU an order of two lines; {before} order."
