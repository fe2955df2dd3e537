"""Orders that the demo and the end-to-end tests put into the table."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from order import STATUSES
from order_item import order_of
from tools.order_service.orders import DECLINED, ORDER, ORDER_TOTAL, item_of, large
from tools.paths import ROOT

AT = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize("status", STATUSES)
def test_an_item_is_the_order_in_its_status(status: str) -> None:
    kept = order_of(item_of("one", status, AT))
    assert (kept.id, kept.status, kept.version) == ("one", status, 1)
    assert (kept.customer, kept.total) == (ORDER["customer"], ORDER_TOTAL)
    assert kept.created_at == kept.updated_at == "2026-11-24T09:05:00.000000Z"


@pytest.mark.parametrize("order", [DECLINED, large(100_000), large(0)])
def test_an_item_is_of_the_order_that_is_given(order: dict[str, object]) -> None:
    kept = order_of(item_of("one", "placed", AT, order))
    lines = [{name: getattr(line, name) for name in line.__struct_fields__} for line in kept.lines]
    assert (kept.customer, lines) == (order["customer"], order["lines"])


def test_the_functions_modules_are_found_where_no_path_is_set() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "from tools.order_service import orders; print(orders.ORDER_TOTAL)"],
        cwd=ROOT, env={}, text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert (said.stdout, said.stderr) == (f"{ORDER_TOTAL}\n", "")
