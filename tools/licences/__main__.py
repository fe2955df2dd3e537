"""``python -m tools.licences``: write docs/licences.md."""

from __future__ import annotations

import sys

from tools.licences.page import PAGE, SHIPPED, environments, installed, locks, rows, wanted
from tools.paths import ROOT


def main() -> int:
    """Write the page; what is not installed here keeps the licence that it has there."""
    names, places = locks(), environments()
    here = installed(places.values())
    known = dict(here)
    for name, (licences, _) in rows(PAGE.read_text() if PAGE.is_file() else "").items():
        elsewhere = {lock for lock, pins in names.items() if name in pins} - set(places)
        if name not in here or elsewhere - {SHIPPED}:
            known[name] = here.get(name, set()) | (licences - {"?"})
    known = {name: licences for name, licences in known.items() if licences}
    page, unknown = wanted(names, known)
    if unknown:
        print(
            f"licences: not installed here, and so unknown: {', '.join(unknown)}. "
            "Make the environment of that lock: python3 tools/setup.py NAME; for a package of "
            "another system write its row by hand, and run this again",
            file=sys.stderr,
        )
        return 1
    PAGE.write_text(page)
    print(f"licences: {len(rows(page))} packages in {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
