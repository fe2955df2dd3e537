"""Memory does not grow with the file: 100 MB of rows in a fresh interpreter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from tools.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

MEGABYTES = 96


class Figures(Protocol):
    """Import one file; return what that took."""

    def __call__(self, *options: str) -> dict[str, Any]: ...


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    bytecode: Path = tmp_path_factory.mktemp("bytecode")
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    # As in Lambda, nothing is compiled while it runs: that alone takes more memory than the import.
    # Not where the handler logs to.
    answer = bytecode / "answer.json"
    environment |= {"BENCH_ANSWER": str(answer), "PYTHONPYCACHEPREFIX": str(bytecode)}

    def measured(*options: str) -> dict[str, Any]:
        subprocess.run(
            [sys.executable, "-m", "tests.bench.order_import_run", *options],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return dict(json.loads(answer.read_text()))

    measured("--megabytes", "0.01")
    return measured


def test_a_hundred_megabytes_of_bad_rows_are_reported_in_constant_memory(figures: Figures) -> None:
    found = figures("--megabytes", "100", "--width", "254", "--bad")
    assert found["requests_CompleteMultipartUpload"] == 1
    assert found["resident_mb"] <= MEGABYTES, found


def test_writing_orders_takes_no_more_memory_for_more_rows(figures: Figures) -> None:
    small, large = figures("--megabytes", "0.5"), figures("--megabytes", "2")
    assert large["resident_mb"] <= min(MEGABYTES, small["resident_mb"] + 3)
