"""``python -m tools.docs_site``: build the site, and look for dead links and requests to others.

It is run by the environment ``.venv-docs``. Exit 1 when a page has a fault, 0 when the site is in
``dist/site``, or in the folder that is named instead.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from tools.paths import DIST, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

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


class _Elements(HTMLParser):
    """What a page asks others for, where its elements lead, and what leads to them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.foreign: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(page)
        self.foreign += IMPORTED.findall(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one element."""
        values = dict(attrs)
        self.anchors |= {value for name in ("id", "name") if (value := values.get(name))}
        self.links += [value for name in ("href", "src") if (value := values.get(name))]
        read = tag == "link" and set((values.get("rel") or "").split()) <= READ
        for name, value in attrs:
            if (tag, name) in ASKED and not read and value and FOREIGN.match(value):
                self.foreign.append(f"<{tag} {name}={value}>")
        # The theme fetches Mermaid for this class.
        if "mermaid" in (values.get("class") or "").split():
            self.foreign.append(f'<{tag} class="mermaid">, for which the theme loads a script')


def foreign_requests(page: str) -> list[str]:
    """Return what a page, or a style sheet, asks other hosts for."""
    return _Elements(page).foreign


@cache
def _page(path: Path) -> _Elements:
    return _Elements(path.read_text())


def dead_links(site: Path, page: Path) -> list[str]:
    """Return the links of a page, the theme's too, that lead to no file or no element of the site.

    Parameters
    ----------
    site
        The folder with the site.
    page
        One of its pages. Where links to other hosts lead is not looked at.
    """
    dead = []
    for link in dict.fromkeys(_page(page).links):
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        # A page for what is not there is served at any address, so its links begin at the top.
        top = site if parts.path.startswith("/") else page.parent
        target = top / unquote(parts.path).lstrip("/") if parts.path else page
        if not target.is_file():
            dead.append(f"{link}: there is no such file")
        elif parts.fragment and unquote(parts.fragment) not in _page(target).anchors:
            dead.append(f"{link}: nothing there has that id")
    return dead


def complaints(site: Path) -> Iterator[str]:
    """Yield what is wrong with the pages and style sheets of a site."""
    for path in sorted([*site.rglob("*.html"), *site.rglob("*.css")]):
        name = path.relative_to(site)
        for request in _page(path).foreign:
            yield f"{name}: asks another host: {request}"
        for link in dead_links(site, path) if path.suffix == ".html" else []:
            yield f"{name}: dead link: {link}"


def main() -> int:
    """Build and check."""
    site = Path(sys.argv[1]).resolve() if sys.argv[1:] else SITE
    began = time.monotonic()
    # Not --quiet: what is not logged does not count as a warning either, and --strict sees none.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)]
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
    found = list(complaints(site))
    for complaint in found:
        print(f"docs: {complaint}", file=sys.stderr)
    pages = sum(1 for _ in site.rglob("*.html"))
    shown = site.relative_to(ROOT) if site.is_relative_to(ROOT) else site
    print(f"docs: {pages} pages in {shown}, {time.monotonic() - began:.1f} s")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
