"""``python -m tools.scale [--check]``: write the tables of docs/scale.md, or say it is stale."""

from __future__ import annotations

import argparse
import sys

from tools.paths import ROOT
from tools.scale.page import PAGE, MarkersMissing, filled

COMMAND = "make fmt (or: .venv/bin/python -m tools.scale)"


def main() -> int:
    """Write the tables; with ``--check`` only compare them."""
    parser = argparse.ArgumentParser(prog="python -m tools.scale")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    check = parser.parse_args().check
    name = PAGE.relative_to(ROOT)
    written = PAGE.read_text()
    try:
        wanted = filled(written)
    except MarkersMissing as error:
        print(f"scale: {name}: {error}", file=sys.stderr)
        return 2
    if written == wanted:
        return 0
    if check:
        print(f"scale: the tables in {name} are stale. Renew them: {COMMAND}")
        return 1
    PAGE.write_text(wanted)
    print(f"scale: {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
