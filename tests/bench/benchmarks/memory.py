"""Memory of an import, which must not grow with the file."""

from __future__ import annotations

from typing import Any

from tests.bench.harness import OURS, Result, Row, at_most, on_functions_python

TITLE = "Memory of an import of a CSV file"
UNIT = "MB resident at most"
ROUNDS = 1
MOST = 96.0
MOST_GROWTH = 3.0
SIZES = ("1", "10", "100")
MODULE = "tests.bench.order_import_run"
# The longest customers: as many bytes of fewer rows, so that a run ends within a minute.
WIDTH = "254"


def measure(rounds: int) -> Result:
    """Import files, each in a fresh interpreter."""
    on_functions_python(MODULE, "--megabytes", "0.01")  # writes bytecode
    runs: dict[str, list[dict[str, Any]]] = {}
    for size in SIZES:
        for _ in range(rounds):
            found = on_functions_python(MODULE, "--megabytes", size, "--width", WIDTH)
            runs.setdefault(f"{size} MB", []).append(found)
    rows = [Row(what, {OURS: [f["resident_mb"] for f in found]}) for what, found in runs.items()]
    small, _, large = (row.medians()[OURS] for row in rows)
    last = runs[f"{SIZES[-1]} MB"][0]
    return Result(
        rows,
        [
            at_most("100 MB: MB resident", large, MOST),
            at_most("100 MB: MB more than for 1 MB", large - small, MOST_GROWTH),
        ],
        [
            (
                f"100 MB are {last['rows']:,} rows, {last['cpu_us_a_row']} µs of CPU each; "
                f"{last['resident_mb_before']} MB are resident before the first row. boto3's real "
                "clients, up to where they would send."
            ),
        ],
    )
