"""``python -m tools.scale [--check]``: write the tables of docs/scale.md, or say it is stale."""

from __future__ import annotations

import sys

from tools import filled_pages
from tools.scale.page import PAGE, filled

if __name__ == "__main__":
    sys.exit(filled_pages.main("scale", {PAGE: filled}))
