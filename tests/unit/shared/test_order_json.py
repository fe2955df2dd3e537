"""Reading what a customer sent: an order, or everything that keeps it from being one."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from order import MAX_LINES, NewOrder, OrderLine, place
from order_json import InvalidOrderError, MalformedJsonError, read_new_order, write_order
from tests.unit import strategies

LINE = {"sku": "A1", "quantity": 2, "unit_price": 995}
ORDER = {"customer": "ada@example.com", "currency": "EUR", "lines": [LINE]}
RIGHT = json.dumps(ORDER).encode()


def problems_of(body: bytes) -> dict[str, str]:
    """Read a body that is JSON and no order; return what is wrong at each pointer."""
    with pytest.raises(InvalidOrderError) as caught:
        read_new_order(body)
    found = dict(caught.value.problems)
    assert len(found) == len(caught.value.problems), "one pointer is there twice"
    return found


def problems_with(**fields: object) -> dict[str, str]:
    """Return what is wrong with a right order that gets these fields."""
    return problems_of(json.dumps(ORDER | fields).encode())


def problems_without(name: str) -> dict[str, str]:
    """Return what is wrong with a right order that loses a field."""
    return problems_of(json.dumps({k: v for k, v in ORDER.items() if k != name}).encode())


def problems_with_line(**fields: object) -> dict[str, str]:
    """Return what is wrong with an order whose second line gets these fields."""
    return problems_with(lines=[LINE, LINE | fields])


def why_malformed(body: bytes) -> str:
    """Read a body that is no JSON; return what the error says."""
    with pytest.raises(MalformedJsonError) as caught:
        read_new_order(body)
    return str(caught.value)


def resolved(value: Any, pointer: str) -> object:  # noqa: ANN401  any JSON
    """Return what an RFC 6901 pointer points to; KeyError for what is not there."""
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        value = value[int(key) if isinstance(value, list) else key]
    return value


class TestRightOrders:
    def test_an_order_is_read(self) -> None:
        assert read_new_order(RIGHT) == NewOrder(
            customer="ada@example.com", currency="EUR", lines=(OrderLine("A1", 2, 995),)
        )

    @given(strategies.orders)
    def test_what_is_written_is_what_was_read(self, asked: dict[str, Any]) -> None:
        new = read_new_order(json.dumps(asked).encode())
        order = place(new, order_id="a" * 26, at="2026-03-12T19:03:58.000000Z")
        written = json.loads(write_order(order))
        assert {name: written[name] for name in asked} == asked

    @given(strategies.orders)
    def test_an_order_is_read_however_its_text_is_escaped(self, asked: dict[str, Any]) -> None:
        plain = json.dumps(asked, ensure_ascii=False, indent=2, sort_keys=True).encode()
        assert read_new_order(plain) == read_new_order(json.dumps(asked).encode())

    def test_the_total_of_the_largest_order_is_written_in_digits(self) -> None:
        line = {"sku": "A1", "quantity": 10_000, "unit_price": 100_000_000}
        new = read_new_order(json.dumps(ORDER | {"lines": [line] * MAX_LINES}).encode())
        order = place(new, order_id="a" * 26, at="2026-03-12T19:03:58.000000Z")
        assert b'"total":100000000000000,' in write_order(order)


class TestWrongFields:
    @pytest.mark.parametrize("name", ["customer", "currency", "lines"])
    def test_a_missing_field_is_named(self, name: str) -> None:
        assert problems_without(name) == {f"/{name}": "Missing"}

    @pytest.mark.parametrize("name", ["sku", "quantity", "unit_price"])
    def test_a_missing_field_of_a_line_is_named_with_the_lines_number(self, name: str) -> None:
        line = {k: v for k, v in LINE.items() if k != name}
        assert problems_with(lines=[LINE, line]) == {f"/lines/1/{name}": "Missing"}

    def test_an_unknown_field_is_named(self) -> None:
        assert problems_with(total=1) == {"/total": "Unknown field"}

    @pytest.mark.parametrize(
        ("name", "pointer"),
        [("", "/"), ("a/b", "/a~1b"), ("m~n", "/m~0n"), ("~1", "/~01"), ("é", "/é"), (" ", "/ ")],
    )
    def test_the_name_of_an_unknown_field_is_escaped(self, name: str, pointer: str) -> None:
        assert problems_with(**{name: 1}) == {pointer: "Unknown field"}

    def test_an_unknown_field_of_a_line_is_named_with_the_lines_number(self) -> None:
        assert problems_with_line(discount=1) == {"/lines/1/discount": "Unknown field"}

    def test_a_value_of_another_type_is_named_with_both_types(self) -> None:
        assert problems_with(customer=5) == {"/customer": "Expected `str`, got `int`"}

    def test_a_value_out_of_range_is_named_with_the_limit(self) -> None:
        assert problems_with_line(quantity=0) == {"/lines/1/quantity": "Expected `int` >= 1"}

    def test_a_number_that_is_no_integer_is_refused(self) -> None:
        assert problems_with_line(unit_price=9.95) == {
            "/lines/1/unit_price": "Expected `int`, got `float`"
        }

    def test_an_integer_written_as_a_fraction_is_refused(self) -> None:
        body = RIGHT.replace(b"995", b"995.0")
        assert list(problems_of(body)) == ["/lines/0/unit_price"]

    @pytest.mark.parametrize("lines", [None, "A1", {}, 5])
    def test_lines_that_are_no_array_are_refused(self, lines: object) -> None:
        assert list(problems_with(lines=lines)) == ["/lines"]

    def test_an_order_without_lines_is_refused(self) -> None:
        assert problems_with(lines=[]) == {"/lines": "Expected `array` of length >= 1"}

    @pytest.mark.parametrize("line", [None, True, "A1", [], 5, 0.5])
    def test_a_line_that_is_no_object_is_refused(self, line: object) -> None:
        (detail,) = problems_with(lines=[line]).values()
        assert detail.startswith("Expected an object, got ")

    @pytest.mark.parametrize("body", [b"null", b"true", b"[]", b"5", b"0.5", b'"order"'])
    def test_what_is_no_object_is_refused_as_a_whole(self, body: bytes) -> None:
        assert list(problems_of(body)) == [""]

    def test_all_that_is_wrong_is_named_at_once(self) -> None:
        order = {
            "currency": "euro",
            "lines": [LINE, {"sku": "", "quantity": "1", "unit_price": -1, "x": 1}, 5],
            "note": "fast",
        }
        assert set(problems_of(json.dumps(order).encode())) == {
            "/note", "/customer", "/currency",
            "/lines/1/sku", "/lines/1/quantity", "/lines/1/unit_price", "/lines/1/x", "/lines/2",
        }  # fmt: skip

    def test_the_error_counts_the_fields(self) -> None:
        with pytest.raises(InvalidOrderError, match="2 wrong fields"):
            read_new_order(b'{"currency":"EUR"}')

    def test_the_error_counts_one_field_as_one(self) -> None:
        with pytest.raises(InvalidOrderError, match=r"1 wrong field$"):
            read_new_order(b"5")

    def test_too_many_wrong_lines_are_one_problem(self) -> None:
        # Else 64 KB of {} would be answered with megabytes.
        problems = problems_with(lines=[{}] * (MAX_LINES + 1))
        assert problems == {"/lines": f"Expected `array` of length <= {MAX_LINES}"}


class TestNamesThatAreThereTwice:
    def test_the_last_value_counts(self) -> None:
        body = RIGHT.replace(b'"EUR"', b'"EUR", "currency": "USD"')
        assert read_new_order(body).currency == "USD"

    def test_a_wrong_value_is_named_though_a_right_one_follows(self) -> None:
        body = RIGHT.replace(b'"EUR"', b'5, "currency": "USD"')
        assert problems_of(body) == {"/currency": "Expected `str`, got `int`"}

    def test_a_wrong_value_in_a_line_is_named_though_a_right_one_follows(self) -> None:
        body = RIGHT.replace(b'"A1"', b'"", "sku": "A1"')
        assert list(problems_of(body)) == ["/lines/0/sku"]

    def test_an_unknown_field_is_named_though_lines_without_it_follow(self) -> None:
        body = RIGHT.replace(b'"lines"', b'"lines": [{" - at `$.x`": 1}], "lines"')
        assert list(problems_of(body)) == ["/lines/0"]


class TestMalformedJson:
    @pytest.mark.parametrize(
        "body",
        [
            pytest.param(b"", id="empty"),
            pytest.param(b"\0", id="NUL"),
            pytest.param(b'{"customer":"\0"}', id="NUL in a string"),
            pytest.param(b"\xef\xbb\xbf" + RIGHT, id="byte order mark"),
            pytest.param(RIGHT.decode().encode("utf-16"), id="UTF-16"),
            pytest.param(RIGHT[:-1], id="cut off"),
            pytest.param(RIGHT + b"x", id="more behind it"),
            pytest.param(RIGHT.replace(b'"', b"'"), id="single quotes"),
            pytest.param(b'{"customer":NaN}', id="NaN"),
            pytest.param(b"[1,]", id="trailing comma"),
            pytest.param(b"{1:2}", id="a number as a name"),
            pytest.param(RIGHT.replace(b"ada", b"\xff"), id="invalid UTF-8"),
            pytest.param(RIGHT.replace(b"ada", b"\xc0\x80"), id="overlong UTF-8"),
            pytest.param(RIGHT.replace(b"ada", b"\xed\xa0\x80"), id="a surrogate in UTF-8"),
            pytest.param(RIGHT.replace(b"ada", b"\\ud800"), id="half an escaped surrogate pair"),
            pytest.param(RIGHT.replace(b"995", b"1e400"), id="a number beyond a double"),
            pytest.param(RIGHT.replace(b"995", b"9" * 60_000), id="60,000 digits"),
            pytest.param(RIGHT.replace(b"995", b"0995"), id="a leading zero"),
            pytest.param(b"[" * 65_536, id="65,536 brackets"),
            pytest.param(b"[" * 32_000 + b"]" * 32_000, id="32,000 arrays in each other"),
            pytest.param(b'{"a":' * 10_000 + b"1" + b"}" * 10_000, id="10,000 objects"),
        ],
    )
    def test_it_is_told_from_a_wrong_order(self, body: bytes) -> None:
        assert why_malformed(body)

    def test_the_error_says_where(self) -> None:
        assert why_malformed(b'{"a" 1}') == "JSON is malformed: expected ':' (byte 5)"

    def test_a_large_integer_is_a_wrong_field(self) -> None:
        body = RIGHT.replace(b"995", b"9" * 100)
        assert problems_of(body) == {"/lines/0/unit_price": "Expected `int` <= 100000000"}

    def test_an_escaped_surrogate_pair_is_one_character(self) -> None:
        body = RIGHT.replace(b"ada@example.com", b"\\ud83d\\ude00")
        assert read_new_order(body).customer == "😀"


class TestWhateverComes:
    @given(st.binary(max_size=200))
    @example(b'{"\xff":1}')
    def test_bytes_are_read_or_refused(self, body: bytes) -> None:
        with suppress(InvalidOrderError, MalformedJsonError):
            read_new_order(body)

    @given(st.data())
    @settings(max_examples=300)
    def test_an_order_with_bytes_changed_is_read_or_refused(self, data: st.DataObject) -> None:
        body = bytearray(RIGHT)
        for _ in range(data.draw(st.integers(1, 3))):
            at = data.draw(st.integers(0, len(body)))
            body[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
        with suppress(InvalidOrderError, MalformedJsonError):
            read_new_order(bytes(body))

    @given(strategies.json_values | strategies.order_like)
    @settings(max_examples=500)
    def test_json_is_an_order_or_has_problems(self, value: object) -> None:
        try:
            read_new_order(json.dumps(value).encode())
        except InvalidOrderError as error:
            assert error.problems

    @given(strategies.json_values | strategies.order_like)
    @settings(max_examples=500)
    def test_every_pointer_points_to_a_value_or_to_a_missing_field(self, value: object) -> None:
        with suppress(InvalidOrderError):
            read_new_order(json.dumps(value).encode())
            return
        for pointer, detail in problems_of(json.dumps(value).encode()).items():
            if detail == "Missing":
                parent, _, name = pointer.rpartition("/")
                holder = resolved(value, parent)
                assert isinstance(holder, dict)
                assert name not in holder
            else:
                resolved(value, pointer)

    @given(strategies.order_like)
    @settings(max_examples=500)
    def test_an_order_without_its_problems_is_one(self, value: dict[str, Any]) -> None:
        body = json.dumps(value).encode()
        try:
            msgspec.json.decode(body, type=NewOrder)
        except msgspec.ValidationError:
            mended = json.loads(body)
            for pointer, detail in problems_of(body).items():
                _mend(mended, pointer, detail)
            read_new_order(json.dumps(mended).encode())


def _mend(value: Any, pointer: str, detail: str) -> None:  # noqa: ANN401  any JSON
    """Do at `pointer` what `detail` asks for."""
    *way, last = (token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:])
    for key in way:
        value = value[int(key) if isinstance(value, list) else key]
    if detail == "Unknown field":
        del value[last]
    elif isinstance(value, list):
        value[int(last)] = LINE
    else:
        value[last] = (ORDER | LINE)[last]
