"""The domain: an order's money, its limits and its life."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import order
from order import (
    MAX_CUSTOMER,
    MAX_LINES,
    MAX_QUANTITY,
    MAX_UNIT_PRICE,
    STATUSES,
    TRANSITIONS,
    NewOrder,
    OrderLine,
    WrongTransitionError,
    place,
    statuses_before,
    total_of,
)
from tests.unit import strategies

NOW = "2026-03-12T19:03:58.000000Z"
ID = "abcdefghijklmnopqrstuvwxyz"
FINAL = {order.FULFILLED, order.FAILED, order.CANCELLED}

line_tuples = st.lists(
    st.builds(
        OrderLine,
        sku=st.just("A1"),
        quantity=st.integers(1, MAX_QUANTITY),
        unit_price=st.integers(0, MAX_UNIT_PRICE),
    ),
    max_size=MAX_LINES,
).map(tuple)


def line(**fields: object) -> dict[str, Any]:
    return {"sku": "A1", "quantity": 1, "unit_price": 100} | fields


def accepts(**fields: object) -> bool:
    """Say whether an order is one with these fields instead of right ones."""
    right = {"customer": "ada@example.com", "currency": "EUR", "lines": [line()]}
    try:
        msgspec.convert(right | fields, NewOrder)
    except msgspec.ValidationError:
        return False
    return True


def reachable(start: str) -> set[str]:
    found, new = {start}, {start}
    while new := {after for status in new for after in TRANSITIONS[status]} - found:
        found |= new
    return found


class TestTotal:
    def test_it_is_the_sum_of_quantity_times_price(self) -> None:
        lines = (OrderLine("A1", 2, 995), OrderLine("B2", 3, 10))
        assert total_of(lines) == 2020

    @given(line_tuples, line_tuples)
    def test_the_total_of_two_orders_is_the_sum_of_their_totals(
        self, some: tuple[OrderLine, ...], others: tuple[OrderLine, ...]
    ) -> None:
        assert total_of(some + others) == total_of(some) + total_of(others)

    @given(line_tuples)
    def test_it_does_not_depend_on_the_order_of_the_lines(
        self, lines: tuple[OrderLine, ...]
    ) -> None:
        assert total_of(lines) == total_of(lines[::-1])

    @given(line_tuples)
    def test_it_is_never_negative(self, lines: tuple[OrderLine, ...]) -> None:
        assert total_of(lines) >= 0

    @given(line_tuples)
    def test_it_is_an_integer(self, lines: tuple[OrderLine, ...]) -> None:
        assert type(total_of(lines)) is int

    def test_nothing_costs_nothing(self) -> None:
        assert total_of(()) == 0

    def test_the_largest_order_is_as_large_as_the_documentation_says(self) -> None:
        assert total_of((OrderLine("A1", MAX_QUANTITY, MAX_UNIT_PRICE),) * MAX_LINES) == 10**14

    def test_the_largest_order_is_exact_where_numbers_are_doubles(self) -> None:
        largest = total_of((OrderLine("A1", MAX_QUANTITY, MAX_UNIT_PRICE),) * MAX_LINES)
        assert int(float(largest - 1)) == largest - 1


class TestPlace:
    @given(strategies.orders)
    def test_an_order_keeps_what_was_asked_for(self, asked: dict[str, Any]) -> None:
        new = msgspec.convert(asked, NewOrder)
        placed = place(new, order_id=ID, at=NOW)
        assert (placed.customer, placed.currency, placed.lines) == (
            new.customer, new.currency, new.lines,
        )  # fmt: skip

    @given(strategies.orders)
    def test_its_total_is_that_of_its_lines(self, asked: dict[str, Any]) -> None:
        placed = place(msgspec.convert(asked, NewOrder), order_id=ID, at=NOW)
        assert placed.total == total_of(placed.lines)

    def test_its_life_begins_placed_in_version_1_now(self) -> None:
        new = NewOrder("ada@example.com", "EUR", (OrderLine("A1", 1, 100),))
        placed = place(new, order_id=ID, at=NOW)
        assert (placed.id, placed.status, placed.version) == (ID, order.PLACED, 1)
        assert placed.created_at == placed.updated_at == NOW


class TestLife:
    def test_the_final_statuses_have_no_way_out(self) -> None:
        assert {status for status, after in TRANSITIONS.items() if not after} == FINAL

    def test_every_status_is_reached_from_placed(self) -> None:
        assert reachable(order.PLACED) == set(STATUSES)

    @pytest.mark.parametrize("status", STATUSES)
    def test_an_end_is_reached_from_every_status(self, status: str) -> None:
        assert reachable(status) & FINAL

    def test_every_transition_leads_to_a_status(self) -> None:
        assert {after for some in TRANSITIONS.values() for after in some} <= set(STATUSES)

    def test_no_status_follows_itself(self) -> None:
        assert not [status for status, after in TRANSITIONS.items() if status in after]

    def test_nothing_becomes_placed(self) -> None:
        assert statuses_before(order.PLACED) == ()

    @given(st.sampled_from(STATUSES), st.sampled_from(STATUSES))
    def test_statuses_before_is_the_inverse_of_the_transitions(self, one: str, two: str) -> None:
        assert (one in statuses_before(two)) == (two in TRANSITIONS[one])

    def test_an_order_is_cancelled_only_before_work_on_it_or_while_it_waits(self) -> None:
        assert set(statuses_before(order.CANCELLED)) == {order.PLACED, order.AWAITING_APPROVAL}

    def test_a_wrong_transition_says_what_is_right(self) -> None:
        assert str(WrongTransitionError(order.PLACED, order.FAILED)) == (
            "An order that is placed cannot become failed; it can: fulfilling, cancelled"
        )

    def test_a_transition_from_an_end_says_that_it_is_final(self) -> None:
        assert str(WrongTransitionError(order.CANCELLED, order.CANCELLED)) == (
            "An order that is cancelled cannot become cancelled; it can: nothing: it is final"
        )


class TestLimits:
    @pytest.mark.parametrize("quantity", [1, MAX_QUANTITY])
    def test_the_least_and_the_greatest_quantity_are_accepted(self, quantity: int) -> None:
        assert accepts(lines=[line(quantity=quantity)])

    @pytest.mark.parametrize("quantity", [-1, 0, MAX_QUANTITY + 1, 2**64, True, "1", None, 1.5])
    def test_other_quantities_are_refused(self, quantity: object) -> None:
        assert not accepts(lines=[line(quantity=quantity)])

    @pytest.mark.parametrize("price", [0, MAX_UNIT_PRICE])
    def test_the_least_and_the_greatest_price_are_accepted(self, price: int) -> None:
        assert accepts(lines=[line(unit_price=price)])

    @pytest.mark.parametrize("price", [-1, MAX_UNIT_PRICE + 1, True, "1", 0.5])
    def test_other_prices_are_refused(self, price: object) -> None:
        assert not accepts(lines=[line(unit_price=price)])

    @pytest.mark.parametrize("count", [1, MAX_LINES])
    def test_the_fewest_and_the_most_lines_are_accepted(self, count: int) -> None:
        assert accepts(lines=[line()] * count)

    @pytest.mark.parametrize("count", [0, MAX_LINES + 1])
    def test_fewer_and_more_lines_are_refused(self, count: int) -> None:
        assert not accepts(lines=[line()] * count)

    @pytest.mark.parametrize("length", [1, MAX_CUSTOMER])
    def test_the_shortest_and_the_longest_customer_are_accepted(self, length: int) -> None:
        assert accepts(customer="é" * length)

    @pytest.mark.parametrize("length", [0, MAX_CUSTOMER + 1])
    def test_a_shorter_and_a_longer_customer_are_refused(self, length: int) -> None:
        assert not accepts(customer="é" * length)

    @pytest.mark.parametrize("sku", ["A", "7", "a.b_c-D", "A" * 64])
    def test_an_article_number_is_letters_digits_and_marks(self, sku: str) -> None:
        assert accepts(lines=[line(sku=sku)])

    @pytest.mark.parametrize("sku", ["", ".a", "-", "a b", "é", "A" * 65, "A1\n", "\nA1", "A\0"])
    def test_other_article_numbers_are_refused(self, sku: str) -> None:
        assert not accepts(lines=[line(sku=sku)])

    @pytest.mark.parametrize("currency", ["", "EU", "EURO", "eur", "E1R", "ÄÖÜ", "EUR\n", " EUR"])
    def test_a_currency_is_three_capital_letters(self, currency: str) -> None:
        assert not accepts(currency=currency)

    def test_an_unknown_field_is_refused(self) -> None:
        assert not accepts(total=100)

    def test_an_unknown_field_of_a_line_is_refused(self) -> None:
        assert not accepts(lines=[line(discount=1)])
