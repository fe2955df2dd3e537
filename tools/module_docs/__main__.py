"""``python -m tools.module_docs [--check]``: write the tables, or say which ones are stale."""

from __future__ import annotations

import functools
import sys

from tools import filled_pages
from tools.module_docs.readme import filled
from tools.paths import MODULES


def main() -> int:
    """Write the tables of every module's README; with ``--check`` only compare them."""
    pages = {
        path: functools.partial(filled, module=path.parent)
        for path in sorted(MODULES.glob("*/README.md"))
    }
    return filled_pages.main("module_docs", pages)


if __name__ == "__main__":
    sys.exit(main())
