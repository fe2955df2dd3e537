"""Markdown pages with parts that are made: what stands between markers, and a command that fills.

A part stands between a line ``<!-- BEGIN name -->`` and a line ``<!-- END name -->``.
"""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING

from tools.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

_MARKER = re.compile(r"<!-- (BEGIN|END) (\w+) -->")
_PART = re.compile(r"(<!-- BEGIN (\w+) -->).*?(<!-- END \2 -->)", re.DOTALL)


class MarkersMissing(Exception):
    """A page has no place for a part, or one that nobody fills; the message says which."""


def between_markers(text: str, parts: Mapping[str, Iterable[str]]) -> str:
    """Return a page with the lines of each part between its markers.

    Raises
    ------
    MarkersMissing
        The markers are not those of the parts, each once and in its order.
    """
    markers = _MARKER.findall(text)
    named = [name for kind, name in markers if kind == "BEGIN"]
    in_order = [(kind, name) for name in named for kind in ("BEGIN", "END")]
    if sorted(named) != sorted(parts) or markers != in_order:
        missing = ", ".join(sorted(set(parts) ^ set(named))) or "one out of its place"
        raise MarkersMissing(
            f"markers and tables differ ({missing}): give each table one line <!-- BEGIN name --> "
            f"and below it one line <!-- END name -->, of {', '.join(parts)}"
        )
    return _PART.sub(lambda found: "\n".join([found[1], *parts[found[2]], found[3]]), text)


def main(tool: str, pages: Mapping[Path, Callable[[str], str]]) -> int:
    """Fill pages; with ``--check`` among the arguments only say which ones are stale.

    Parameters
    ----------
    tool
        Name of the module below ``tools`` that is run.
    pages
        By its place, what makes a page of its text.

    Returns
    -------
    int
        0; 1 if a page is stale; 2 if one has not the markers that it needs.
    """
    parser = argparse.ArgumentParser(prog=f"python -m tools.{tool}")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    check = parser.parse_args().check
    command = f"make fmt (or: .venv/bin/python -m tools.{tool})"
    stale = False
    for path, fill in pages.items():
        name = path.relative_to(ROOT)
        written = path.read_text()
        try:
            wanted = fill(written)
        except MarkersMissing as error:
            print(f"{tool}: {name}: {error}", file=sys.stderr)
            return 2
        if written == wanted:
            continue
        if check:
            print(f"{tool}: the tables in {name} are stale. Renew them: {command}")
            stale = True
        else:
            path.write_text(wanted)
            print(f"{tool}: {name}")
    return int(stale)
