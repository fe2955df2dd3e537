"""Files of orders, row by row: what is an order, and what is told of the rest."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from order_csv import COLUMNS, MAX_FIELD, BadRow, NotOrdersError, OrderRow, Problem, read_orders

HEADER = ",".join(COLUMNS)


def read(content: str | bytes) -> list[OrderRow | BadRow]:
    data = content if isinstance(content, bytes) else content.encode()
    return list(read_orders(io.BytesIO(data)))


def lines(*rows: str) -> list[int]:
    """Return the lines of the orders in these rows, after the header."""
    return [r.line for r in read("\n".join([HEADER, *rows])) if isinstance(r, OrderRow)]


def problems(row: str) -> list[tuple[str, str]]:
    """Return what is wrong with a row."""
    (found,) = read(f"{HEADER}\n{row}")
    assert isinstance(found, BadRow)
    return [(problem.column, problem.detail) for problem in found.problems]


def test_a_row_has_its_line_its_reference_and_its_order() -> None:
    (found,) = read(f"{HEADER}\nR-1,ada,EUR,A1,2,995")
    assert isinstance(found, OrderRow)
    assert (found.line, found.reference, found.order.customer) == (2, "R-1", "ada")
    assert [(line.sku, line.quantity, line.unit_price) for line in found.order.lines] == [
        ("A1", 2, 995)
    ]


def test_columns_may_come_in_any_order() -> None:
    (found,) = read("sku,unit_price,quantity,currency,customer,reference\nA1,995,2,EUR,ada,R-1")
    assert isinstance(found, OrderRow)
    assert (found.reference, found.order.lines[0].unit_price) == ("R-1", 995)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(end: str) -> None:
    found = read(end.join([HEADER, "R-1,a,EUR,A1,1,1", "R-2,a,EUR,A1,1,1", ""]))
    assert [each.line for each in found] == [2, 3]


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    assert len(read(f"\ufeff{HEADER}\nR-1,a,EUR,A1,1,1")) == 1


def test_empty_lines_are_no_rows_but_count_as_lines() -> None:
    assert lines("R-1,a,EUR,A1,1,1", "", "R-2,a,EUR,A1,1,1") == [2, 4]


def test_a_quoted_field_may_hold_commas_quotes_and_line_breaks() -> None:
    found = read(f'{HEADER}\nR-1,"Ada, ""the"" first\nof hers",EUR,A1,1,1\nR-2,a,EUR,A1,1,1')
    assert isinstance(found[0], OrderRow)
    assert found[0].order.customer == 'Ada, "the" first\nof hers'
    assert found[1].line == 4


def test_a_quote_that_nobody_closes_takes_no_row_with_it() -> None:
    rows = [f"R-{n},a,EUR,A1,1,1" for n in range(200)]
    rows[10] = 'R-10,"a,EUR,A1,1,1'
    assert lines(*rows) == [line for line in range(2, 202) if line != 12]


def test_a_quote_that_nobody_closes_before_the_end_takes_no_row_with_it() -> None:
    assert lines('R-1,"a,EUR,A1,1,1', "R-2,a,EUR,A1,1,1") == [3]


def test_a_line_of_any_length_takes_no_row_with_it() -> None:
    assert lines("x" * 1_000_000, "R-2,a,EUR,A1,1,1", '"' * 99_999, "R-4,a,EUR,A1,1,1") == [3, 5]


def test_a_row_that_is_not_utf_8_is_told_of_and_leaves_the_others() -> None:
    found = read(f"{HEADER}\nR-1,Zoë,EUR,A1,1,1\nR-2,Zoe,EUR,A1,1,1".encode("latin-1"))
    assert found[0] == BadRow(2, "R-1", [Problem("customer", "Not UTF-8")])
    assert isinstance(found[1], OrderRow)


def test_a_reference_that_is_not_utf_8_is_not_repeated() -> None:
    (found,) = read(f"{HEADER}\nR-ü,Zoe,EUR,A1,1,1".encode("latin-1"))
    assert found == BadRow(2, "", [Problem("reference", "Not UTF-8")])


@pytest.mark.parametrize(
    "amount", ["12.0", "12.50", "1e3", "1_000", "+5", " 5", "5 ", "٣", "", "x"]
)
def test_an_amount_is_a_whole_number_and_nothing_else(amount: str) -> None:
    assert problems(f"R-1,a,EUR,A1,1,{amount}") == [("unit_price", "Expected `int`, got `str`")]


def test_every_problem_of_a_row_is_told() -> None:
    found = problems(f"{'R' * 65},,euro,,0,-1")
    assert [column for column, _ in found] == list(COLUMNS)


@pytest.mark.parametrize(("row", "count"), [("R-1,a,EUR,A1,1", 5), ("R-1,a,EUR,A1,1,1,", 7)])
def test_a_row_with_more_or_less_fields_is_told_of(row: str, count: int) -> None:
    assert problems(row) == [("", f"Expected 6 fields, got {count}")]


def test_a_field_of_the_greatest_length_is_read() -> None:
    assert problems(f"R-1,{'a' * MAX_FIELD},EUR,A1,1,1") == [
        ("customer", "Expected `str` of length <= 254")
    ]


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_in_words(data: bytes) -> None:
    try:
        read(data)
    except NotOrdersError as error:
        assert str(error)


@given(st.binary(max_size=400))
def test_any_bytes_after_the_header_are_rows_or_told_of(data: bytes) -> None:
    try:
        found = read(HEADER.encode() + b"\n" + data)
    except NotOrdersError as error:
        assert str(error) == "There is no row after the first line"
        return
    numbers = [each.line for each in found]
    assert numbers == sorted(set(numbers))


TEXT = st.text(st.characters(codec="utf-8"), max_size=30)


@given(st.lists(st.tuples(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT), min_size=1, max_size=8))
def test_what_the_csv_module_writes_is_read_row_for_row(
    rows: list[tuple[str, str, str, str, str, str]],
) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, *rows])
    assert len(read(text.getvalue())) == len(rows)
