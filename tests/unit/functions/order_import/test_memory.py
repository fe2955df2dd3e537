"""Memory does not grow with the file: 100 MB of rows in a fresh interpreter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.functions.conftest import Figures

MEGABYTES = 96
RUN = "order_import_run"


@pytest.fixture(scope="module", autouse=True)
def compiled(figures: Figures) -> None:
    figures(RUN, "--megabytes", "0.01")


def test_a_hundred_megabytes_of_bad_rows_are_reported_in_constant_memory(figures: Figures) -> None:
    found = figures(RUN, "--megabytes", "100", "--width", "254", "--bad")
    assert found["requests_CompleteMultipartUpload"] == 1
    assert found["resident_mb"] <= MEGABYTES, found


def test_writing_orders_takes_no_more_memory_for_more_rows(figures: Figures) -> None:
    small, large = figures(RUN, "--megabytes", "0.5"), figures(RUN, "--megabytes", "2")
    assert large["resident_mb"] <= min(MEGABYTES, small["resident_mb"] + 3)
