"""Costs of cold starts: worked by hand from the public prices."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.bench import cold_start_costs as costs

if TYPE_CHECKING:
    from pathlib import Path

PRICE = {
    "request": 0.2,
    "gb_second": 3.0,
    "provisioned_gb_second": 5.0,
    "provisioned_duration_gb_second": 7.0,
    "snapshot_cached_gb_second": 11.0,
    "snapshot_restored_gb": 13.0,
}
REQUESTS = costs.MONTH_SECONDS
DURATION = REQUESTS * costs.REQUEST_SECONDS * 0.25


def test_a_month_on_demand_is_requests_duration_and_initialisation() -> None:
    found = costs.monthly(costs.Strategy("x", 0.5), 1, PRICE)
    starts = costs.STARTS_A_MONTH * 0.5 * 0.25 * 3
    assert found == pytest.approx(REQUESTS * 0.2 + DURATION * 3 + starts)


def test_what_is_kept_warm_costs_all_month_and_its_duration_less() -> None:
    found = costs.monthly(costs.Strategy("x", 0.5, provisioned=True), 1, PRICE)
    kept = 0.25 * costs.MONTH_SECONDS * 5
    assert found == pytest.approx(REQUESTS * 0.2 + kept + DURATION * 7)


def test_a_snapshot_costs_its_cache_once_and_each_restore() -> None:
    one = costs.monthly(costs.Strategy("x", 9.0, snapshot=True), 1, PRICE)
    cached = 0.25 * costs.MONTH_SECONDS * 11
    restores = costs.STARTS_A_MONTH * 0.25 * 13
    assert one == pytest.approx(REQUESTS * 0.2 + DURATION * 3 + cached + restores)


@pytest.mark.parametrize(("rate", "count"), [(1, 1), (10, 1), (12.5, 1), (13, 2), (100, 8)])
def test_environments_are_for_the_peak(rate: float, count: int) -> None:
    assert costs.environments(rate) == count


def test_the_committed_prices_are_whole_and_dated() -> None:
    price = costs.prices()
    assert price["source"].startswith("https://aws.amazon.com/")
    assert len(price["date"]) == len("2026-01-01")


def test_a_price_that_is_no_number_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "prices.json"
    path.write_text(json.dumps(costs.prices() | {"gb_second": "1 cent"}))
    monkeypatch.setattr(costs, "PRICES", path)
    with pytest.raises(costs.PricesError, match=r"gb_second is '1 cent'\. Mend: "):
        costs.prices()
