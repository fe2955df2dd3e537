"""Orders and JSON: reading what a customer sent, naming everything that is wrong with it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from order import MAX_LINES, NewOrder, Order, OrderLine

if TYPE_CHECKING:
    from collections.abc import Iterator

_decode_new_order = msgspec.json.Decoder(NewOrder).decode
_encode = msgspec.json.Encoder().encode


class InvalidOrderError(Exception):
    """What was sent is no order.

    Attributes
    ----------
    problems
        Every wrong field: a JSON pointer (RFC 6901) and what is wrong there.
    """

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__(f"{len(problems)} wrong field{'s' if len(problems) > 1 else ''}")
        self.problems = problems


class MalformedJsonError(Exception):
    """What was sent is no JSON; the message says where."""


def read_new_order(body: bytes) -> NewOrder:
    """Return the order that `body` asks for.

    Raises
    ------
    MalformedJsonError
        `body` is no JSON.
    InvalidOrderError
        It is, but no order; carries every wrong field.
    """
    try:
        return _decode_new_order(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        # msgspec stops at the first problem; the sender wants all of them.
        first = str(error)
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise MalformedJsonError(str(error)) from error
    # A name that is there twice, wrong and then right, leaves no problem in the value.
    raise InvalidOrderError(list(_problems(value, NewOrder, "")) or [_problem_of(first)])


def convert_new_order(value: Any) -> NewOrder:  # noqa: ANN401  any JSON
    """Return the order that `value` asks for: what a body would be once it is decoded.

    Raises
    ------
    InvalidOrderError
        It is no order; carries every wrong field.
    """
    try:
        return msgspec.convert(value, NewOrder)
    except msgspec.ValidationError as error:
        raise InvalidOrderError(list(_problems(value, NewOrder, ""))) from error


def write_order(order: Order) -> bytes:
    """Return `order` as JSON."""
    return _encode(order)


def _problems(value: Any, wanted: Any, pointer: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """Yield pointer and detail of all that keeps `value` from being a `wanted` struct."""
    if not isinstance(value, dict):
        yield pointer, f"Expected an object, got {_kind(value)}"
        return
    fields = _fields_of(wanted)
    for name in sorted(value.keys() - fields.keys()):
        yield f"{pointer}/{_escaped(name)}", "Unknown field"
    for name, kind in fields.items():
        if name not in value:
            yield f"{pointer}/{name}", "Missing"
        else:
            yield from _field_problems(name, value[name], kind, pointer)


@cache
def _fields_of(wanted: Any) -> dict[str, Any]:  # noqa: ANN401  a struct
    """Return the types of a struct's fields by name, which msgspec evaluates anew each time."""
    return {field.name: field.type for field in msgspec.structs.fields(wanted)}


def _field_problems(
    name: str,
    value: Any,  # noqa: ANN401  any JSON
    kind: Any,  # noqa: ANN401  a type expression
    pointer: str,
) -> Iterator[tuple[str, str]]:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        # Lines beyond the limit are one problem: 64 KB of {} would be megabytes of others.
        nested = name == "lines" and isinstance(value, list) and len(value) <= MAX_LINES
        found = [
            problem
            for index, line in enumerate(value if nested else [])
            for problem in _problems(line, OrderLine, f"{pointer}/{name}/{index}")
        ]
        yield from found or [(f"{pointer}/{name}", str(error).split(" - at `")[0])]


def _problem_of(message: str) -> tuple[str, str]:
    """Return pointer and detail of one problem as msgspec tells it ("… - at `$.lines[0].sku`")."""
    detail, *path = message.rsplit(" - at `$", 1)
    return "".join(path).rstrip("`").replace("]", "").replace("[", "/").replace(".", "/"), detail


def _kind(value: Any) -> str:  # noqa: ANN401  any JSON
    names = {type(None): "null", bool: "a boolean", int: "a number", float: "a number",
             str: "a string", list: "an array"}  # fmt: skip
    return names[type(value)]


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
