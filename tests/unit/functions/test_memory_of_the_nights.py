"""Memory of the jobs of the night does not grow with the orders of a day: a fresh interpreter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.functions.conftest import Figures

MEGABYTES = 96
RUN = "nights_run"


@pytest.mark.parametrize("job", ["orders_archive", "orders_report"])
def test_six_times_the_orders_take_no_more_memory(figures: Figures, job: str) -> None:
    figures(RUN, job, "--orders", "100")  # compiles
    # From there on every page is full. In memory, the rest would take 20 MB.
    small, large = figures(RUN, job, "--orders", "2000"), figures(RUN, job, "--orders", "12000")
    assert large["resident_mb"] <= min(MEGABYTES, small["resident_mb"] + 3), (small, large)
