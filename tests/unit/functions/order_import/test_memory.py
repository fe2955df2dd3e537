"""Memory does not grow with the file: 100 MB of rows in a fresh interpreter."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from tools.paths import ROOT

MEGABYTES = 96


def figures(*options: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.bench_order_import", *options],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return dict(json.loads(done.stdout))


def test_a_hundred_megabytes_of_bad_rows_are_reported_in_constant_memory() -> None:
    found = figures("--megabytes", "100", "--width", "254", "--bad")
    assert found["requests_CompleteMultipartUpload"] == 1
    assert found["resident_mb"] <= MEGABYTES, found


def test_writing_orders_takes_no_more_memory_for_more_rows() -> None:
    small, large = figures("--megabytes", "0.5"), figures("--megabytes", "2")
    assert large["resident_mb"] <= min(MEGABYTES, small["resident_mb"] + 3)
