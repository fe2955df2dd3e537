"""What the pages on patterns reckon: with the prices of docs/prices.md, and right."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import pytest

from tests.lint.test_patterns import PAGES
from tools.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PRICE = re.compile(r"^\| `([a-z0-9_.]+)` \| [^|]+ \| ([0-9.]+) \|", re.MULTILINE)
BILL = re.compile(r"^\| price \| times \| USD \|\n\|[-:|]+\|\n((?:\|.*\n)+)", re.MULTILINE)
ITEM = re.compile(r"\| `([a-z0-9_.]+)` \| ([0-9.]+) \| ([0-9.]+) \|")
SUM = re.compile(r"\| \*\*together\*\* \| \| \*\*([0-9.]+)\*\* \|")


@dataclass(frozen=True)
class Bill:
    """One table of costs."""

    items: list[tuple[str, Decimal, Decimal]]
    together: Decimal


def prices() -> dict[str, Decimal]:
    return {
        name: Decimal(price) for name, price in PRICE.findall((ROOT / "docs/prices.md").read_text())
    }


def bills(page: Path) -> list[Bill]:
    found = []
    for rows in BILL.findall(page.read_text()):
        *items, last = rows.splitlines()
        matches = [ITEM.fullmatch(row) for row in items]
        together = SUM.fullmatch(last)
        assert together, f"{page.name}: a table of costs ends with **together**, not with {last}"
        assert all(matches), f"{page.name}: a row is `price`, times, USD: {items}"
        found.append(
            Bill([(m[1], Decimal(m[2]), Decimal(m[3])) for m in matches if m], Decimal(together[1]))
        )
    return found


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.stem))
def test_a_page_on_a_pattern_says_what_a_million_costs(page: Path) -> None:
    assert bills(page)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.stem))
def test_each_item_is_its_price_times_how_often(page: Path) -> None:
    known = prices()
    for bill in bills(page):
        for name, times, said in bill.items:
            assert name in known, f"docs/prices.md has no {name}"
            assert said == cents(known[name] * times), f"{name}: {known[name]} x {times}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.stem))
def test_the_items_add_up(page: Path) -> None:
    for bill in bills(page):
        assert sum(said for _, _, said in bill.items) == bill.together


def test_the_prices_of_lambda_are_those_that_the_figures_reckon_with() -> None:
    data = json.loads((ROOT / "docs/data/prices.json").read_text(), parse_float=Decimal)
    known = prices()
    assert known["lambda.requests"] == data["request"] * 1_000_000
    assert known["lambda.arm64"] == data["gb_second"] * 1_000


def test_every_price_is_used_or_is_one_that_readers_ask_for() -> None:
    used = {name for page in PAGES for bill in bills(page) for name, _, _ in bill.items}
    # Not per million, or the other choice beside one that a page reckons with.
    beside = {"alarm", "dynamodb.read", "lambda.x86_64", "sqs.fifo", "states.express"}
    assert set(prices()) == used | beside
