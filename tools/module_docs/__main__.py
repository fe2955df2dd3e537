"""``python -m tools.module_docs [--check]``: write the tables, or say which ones are stale."""

from __future__ import annotations

import argparse
import sys

from tools.module_docs.readme import MarkersMissing, filled
from tools.paths import MODULES, ROOT

COMMAND = "make fmt (or: .venv/bin/python -m tools.module_docs)"


def main() -> int:
    """Write the tables of every module's README; with ``--check`` only compare them."""
    parser = argparse.ArgumentParser(prog="python -m tools.module_docs")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    check = parser.parse_args().check
    stale = False
    for path in sorted(MODULES.glob("*/README.md")):
        name = path.relative_to(ROOT)
        written = path.read_text()
        try:
            wanted = filled(written, path.parent)
        except MarkersMissing as error:
            print(f"module_docs: {name}: {error}", file=sys.stderr)
            return 2
        if written == wanted:
            continue
        if check:
            print(f"module_docs: the tables in {name} are stale. Renew them: {COMMAND}")
            stale = True
        else:
            path.write_text(wanted)
            print(f"module_docs: {name}")
    return int(stale)


if __name__ == "__main__":
    sys.exit(main())
