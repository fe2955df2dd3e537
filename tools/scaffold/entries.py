"""One more entry in a list or map of our own Terraform, laid out as `terraform fmt` does."""

from __future__ import annotations

import re
import textwrap

WIDTH = 98
_ENTRY = re.compile(r"(?P<indent> +)(?P<key>\w+) *= (?P<value>\S.*)")


class TakenError(Exception):
    """The map has an entry of that name."""


class NoPlaceError(Exception):
    """The list or map is not there, or not written as it was; the message names it."""


def add_to_list(text: str, name: str, item: str) -> str:
    """Return `text` with a string more in the list ``name = [`` of strings, in their order.

    Raises
    ------
    NoPlaceError
        There is no such list.
    """
    found = re.search(rf"^(?P<indent> *){name} = \[\n(?P<inner>[^\]]*)^ *\]\n", text, re.MULTILINE)
    items = re.findall(r'"([^"]*)"', found["inner"]) if found else []
    if not found or re.sub(r'"[^"]*"|[,\s]', "", found["inner"]):
        raise NoPlaceError(f"the list {name} = [ of strings")
    quoted = ", ".join(f'"{each}"' for each in sorted({*items, item}))
    indent = found["indent"] + "  "
    lines = textwrap.wrap(
        f"{quoted},", WIDTH, initial_indent=indent, subsequent_indent=indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return text[: found.start("inner")] + "\n".join(lines) + "\n" + text[found.end("inner") :]


def add_to_map(text: str, opening: str, key: str, value: str) -> str:
    """Return `text` with an entry more in the map that the line `opening` begins.

    It stands where its name belongs; where entries are on lines of their own, their equals signs
    stay in one column.

    Raises
    ------
    NoPlaceError
        There is no such line, or an entry takes more than its line.
    TakenError
        There is an entry of that name.
    """
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if line.strip() == opening]
    if len(starts) != 1:
        raise NoPlaceError(f"the line {opening}")
    first = last = starts[0] + 1
    while last < len(lines) and _ENTRY.fullmatch(lines[last]):
        last += 1
    entries = [_ENTRY.fullmatch(line) for line in lines[first:last]]
    kept = {entry["key"]: entry["value"] for entry in entries if entry}
    if not kept or not lines[last].lstrip().startswith("}"):
        raise NoPlaceError(f"the entries after {opening}, a line each")
    if key in kept:
        raise TakenError(f"the entry {key} after {opening}")
    kept[key] = value
    indent = " " * (len(lines[first]) - len(lines[first].lstrip()))
    width = max(map(len, kept))
    lines[first:last] = [f"{indent}{name:{width}} = {kept[name]}" for name in sorted(kept)]
    return "\n".join(lines) + "\n"


def add_row(text: str, beginning: str, row: str) -> str:
    """Return `text` with a row more at the end of the Markdown table whose rows begin so.

    Raises
    ------
    NoPlaceError
        There is no such row.
    """
    lines = text.splitlines()
    rows = [number for number, line in enumerate(lines) if line.startswith(beginning)]
    if not rows:
        raise NoPlaceError(f"a row that begins with {beginning}")
    last = next(n for n in rows if n + 1 not in rows)
    return "\n".join([*lines[: last + 1], row, *lines[last + 1 :]]) + "\n"
