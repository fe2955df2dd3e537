"""``python -m tools.docs_site``: build the site, and look for requests to others.

It is run by the environment ``.venv-docs``. Exit 1 when a page has a fault, 0 when the site is in
``dist/site``.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from tools.paths import DIST, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SITE = DIST / "site"
# What a browser asks for by itself, by element and attribute.
ASKED = {
    ("audio", "src"), ("embed", "src"), ("iframe", "src"), ("img", "src"), ("img", "srcset"),
    ("image", "href"), ("input", "src"), ("link", "href"), ("object", "data"), ("script", "src"),
    ("source", "src"), ("source", "srcset"), ("use", "href"), ("video", "src"),
}  # fmt: skip
# Links of this kind are for readers: a browser does not follow them.
READ = {"alternate", "author", "canonical", "next", "prev"}
FOREIGN = re.compile(r"^\s*(?:https?:)?//", re.IGNORECASE)
IMPORTED = re.compile(r"(?:@import\s+|url\()\s*['\"]?((?:https?:)?//[^'\")\s]+)", re.IGNORECASE)


class _Requests(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.foreign: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element asks others for."""
        values = dict(attrs)
        read = tag == "link" and set((values.get("rel") or "").split()) <= READ
        for name, value in attrs:
            if (tag, name) in ASKED and not read and value and FOREIGN.match(value):
                self.foreign.append(f"<{tag} {name}={value}>")
        # The theme fetches Mermaid for this class.
        if "mermaid" in (values.get("class") or "").split():
            self.foreign.append(f'<{tag} class="mermaid">, for which the theme loads a script')


def foreign_requests(page: str) -> list[str]:
    """Return what a page, or a style sheet, asks other hosts for."""
    parser = _Requests()
    parser.feed(page)
    return parser.foreign + IMPORTED.findall(page)


def complaints(site: Path) -> Iterator[str]:
    """Yield what the pages and style sheets of a site ask others for."""
    for path in sorted([*site.rglob("*.html"), *site.rglob("*.css")]):
        for request in foreign_requests(path.read_text()):
            yield f"{path.relative_to(site)}: asks another host: {request}"


def main() -> int:
    """Build and check."""
    began = time.monotonic()
    # Not --quiet: what is not logged does not count as a warning either, and --strict sees none.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(SITE)]
    # The theme tells of its successor at each build: requirements/docs.in does.
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if not line.startswith("INFO")]
        print("\n".join([*lines, "docs: mkdocs found faults (above)"]), file=sys.stderr)
        return 1
    found = list(complaints(SITE))
    for complaint in found:
        print(f"docs: {complaint}", file=sys.stderr)
    pages = sum(1 for _ in SITE.rglob("*.html"))
    print(f"docs: {pages} pages in {SITE.relative_to(ROOT)}, {time.monotonic() - began:.1f} s")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
