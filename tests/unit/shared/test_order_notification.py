"""What customers are told."""

from __future__ import annotations

import pytest

from order_notification import TEXTS, money, text_of
from tests.unit.event_handlers import event


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (0, "EUR", "0.00 EUR"),
        (5, "EUR", "0.05 EUR"),
        (1250, "EUR", "12.50 EUR"),
        (10**14, "EUR", "1000000000000.00 EUR"),
        (1250, "JPY", "1250 JPY"),
        (1250, "KWD", "1.250 KWD"),
        (5, "CLF", "0.0005 CLF"),
    ],
)
def test_money_has_the_digits_of_its_currency(amount: int, currency: str, shown: str) -> None:
    assert money(amount, currency) == shown


@pytest.mark.parametrize("status", ["placed", "fulfilled", "failed", "cancelled"])
def test_customers_hear_of_an_order_with_its_id_and_total(status: str) -> None:
    text = text_of(event(3, status=status))
    assert event(3).order.id in text
    assert "2.50 EUR" in text


def test_every_text_is_another() -> None:
    assert len(set(TEXTS.values())) == len(TEXTS) == 4
