"""Orders in a CSV file, one a row, read as a stream. Pure: no AWS.

The file is UTF-8, with or without a byte-order mark; its first line names the columns, in any
order. Money is in minor units (cents of EUR), as everywhere. A row stands for itself: one that is
wrong, and one that is not UTF-8, is told of with its line and leaves the others alone.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from io import TextIOWrapper
from operator import itemgetter
from typing import TYPE_CHECKING

from msgspec import Struct

from order_json import InvalidOrderError, convert_new_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from order import NewOrder

COLUMNS = ("reference", "customer", "currency", "sku", "quantity", "unit_price")
MAX_REFERENCE = 64
MAX_FIELD = 1024
"""Characters of a field. What runs over it is a quote that nobody closes, so it is kept small."""
MAX_LINE = 16 * MAX_FIELD
"""Characters of a line that are looked at: more than a right row can have."""

_whole_number = re.compile(r"-?[0-9]{1,18}").fullmatch
csv.field_size_limit(MAX_FIELD)


class NotOrdersError(Exception):
    """The file as a whole is none of orders; the message says why."""


class OrderRow(Struct, frozen=True, gc=False):
    """A row that is an order.

    Attributes
    ----------
    line
        Number of its first line, from 1.
    reference
        What the sender calls it.
    order
        What it asks for.
    """

    line: int
    reference: str
    order: NewOrder


class Problem(Struct, frozen=True):
    """What is wrong with a row: in which column (empty for the row as a whole), and what."""

    column: str
    detail: str


class BadRow(Struct, frozen=True):
    """A row that is none.

    Attributes
    ----------
    line
        Number of its first line, from 1.
    reference
        What the sender calls it; empty when that cannot be read.
    problems
        All that is wrong with it.
    """

    line: int
    reference: str
    problems: list[Problem]


def read_orders(file: BinaryIO) -> Iterator[OrderRow | BadRow]:
    """Read a file row by row.

    Raises
    ------
    NotOrdersError
        It is empty, of another kind, has other columns or has no row.
    """
    # What is not UTF-8 becomes lone surrogates, which no right field has.
    text = TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    records = _records(_Lines(text))
    in_order = _order_of_columns(next(records, None))
    empty = True
    for line, found in records:
        empty = False
        if isinstance(found, str):
            yield BadRow(line, "", [Problem("", found)])
        elif len(found) != len(COLUMNS):
            detail = f"Expected {len(COLUMNS)} fields, got {len(found)}"
            yield BadRow(line, "", [Problem("", detail)])
        else:
            yield _row(line, in_order(found))
    if empty:
        raise NotOrdersError("There is no row after the first line")


def _order_of_columns(
    first: tuple[int, list[str] | str] | None,
) -> Callable[[list[str]], tuple[str, ...]]:
    """Return what puts the fields of a row into the order of `COLUMNS`."""
    if first is None:
        raise NotOrdersError("The file is empty")
    _, names = first
    line = names if isinstance(names, str) else ",".join(names)
    if "\0" in line or not _is_utf8(line):
        raise NotOrdersError("The file is no text in UTF-8: save it as CSV in UTF-8")
    if isinstance(names, str) or sorted(names) != sorted(COLUMNS):
        raise NotOrdersError(
            f"The first line is {line[:200]!r}: it must name the columns {','.join(COLUMNS)}"
        )
    return itemgetter(*(names.index(name) for name in COLUMNS))


def _row(line: int, fields: tuple[str, ...]) -> OrderRow | BadRow:
    reference, customer, currency, sku, quantity, unit_price = fields
    problems = []
    if not _is_utf8(reference):
        reference = ""
        problems.append(Problem("reference", "Not UTF-8"))
    elif not 1 <= len(reference) <= MAX_REFERENCE:
        problems.append(Problem("reference", f"Expected 1 to {MAX_REFERENCE} characters"))
    if not _is_utf8(customer):
        problems.append(Problem("customer", "Not UTF-8"))
    order_line = {"sku": sku, "quantity": _int(quantity), "unit_price": _int(unit_price)}
    try:
        order = convert_new_order(
            {"customer": customer, "currency": currency, "lines": [order_line]}
        )
    except InvalidOrderError as error:
        # A line's fields are columns, too.
        problems += [Problem(pointer.rpartition("/")[2], why) for pointer, why in error.problems]
    if problems:
        return BadRow(line, reference[:MAX_REFERENCE], problems)
    return OrderRow(line, reference, order)


def _int(text: str) -> int | str:
    # Never 12.0 or 1e3: whoever writes so may mean twelve euros, not twelve cents.
    return int(text) if _whole_number(text) else text


def _is_utf8(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _records(lines: _Lines) -> Iterator[tuple[int, list[str] | str]]:
    """Yield each record with its first line's number: its fields, or what is wrong with it."""
    reader = csv.reader(lines, strict=True)
    while True:
        lines.begin_record()
        try:
            fields = next(reader, None)
        except csv.Error as error:
            yield lines.number, f"No CSV: {error}"
            # A stray quote must not take the rows with it that it seems to enclose.
            lines.give_back()
            reader = csv.reader(lines, strict=True)
            continue
        if fields is None:
            return
        if fields:
            yield lines.number, fields


class _Lines:
    """The lines of a text, of which those of the record being read can be given back.

    Attributes
    ----------
    number
        Number of the record's first line, from 1.
    """

    def __init__(self, text: TextIOWrapper) -> None:
        self.number = 1
        self._readline = text.readline
        self._taken: list[str] = []
        self._given_back: deque[str] = deque()
        self._cut = False

    def begin_record(self) -> None:
        """Say that the lines from now on are of another record."""
        self.number += len(self._taken)
        self._taken.clear()

    def give_back(self) -> None:
        """Give all lines of the record back but the first."""
        self._given_back.extendleft(reversed(self._taken[1:]))
        del self._taken[1:]

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._given_back.popleft() if self._given_back else self._next_line()
        if not line:
            raise StopIteration
        self._taken.append(line)
        return line

    def _next_line(self) -> str:
        while self._cut:
            self._cut = self._is_cut(self._readline(MAX_LINE))
        line = self._readline(MAX_LINE)
        self._cut = self._is_cut(line)
        return line

    @staticmethod
    def _is_cut(line: str) -> bool:
        return len(line) == MAX_LINE and line[-1] not in "\r\n"
