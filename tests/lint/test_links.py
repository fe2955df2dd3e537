"""Every link of every document leads somewhere: files, and headings in them.

What is checked is what needs no network. A heading's anchor is GitHub's; the site makes the same
ones (mkdocs.yml).
"""

from __future__ import annotations

import itertools
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt

from tools import paths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

MARKDOWN = MarkdownIt("commonmark").enable("table")
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def documents() -> list[Path]:
    """Return the Markdown files of the repository that are not input of a test."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=paths.ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        names = [Path(name) for name in listed.stdout.split("\0") if name]
    else:
        top = [path for path in paths.ROOT.iterdir() if not path.name.startswith(".")]
        found = [*paths.ROOT.glob("*.md"), *(p for f in top if f.is_dir() for p in f.rglob("*.md"))]
        names = [path.relative_to(paths.ROOT) for path in found]
    return sorted(name for name in names if (paths.ROOT / name).is_file())


def flat(tokens: list[Token]) -> Iterator[Token]:
    """Yield all tokens, those of inline text too."""
    for token in tokens:
        yield token
        yield from flat(token.children or [])


def slug(title: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")


@cache
def anchors(document: Path) -> frozenset[str]:
    """Return the anchors of a document that mean one heading only."""
    tokens = MARKDOWN.parse(document.read_text())
    found: list[str] = []
    for opening, inline in itertools.pairwise(tokens):
        if opening.type == "heading_open":
            texts = [t.content for t in flat([inline]) if t.type in {"text", "code_inline"}]
            found.append(slug("".join(texts)))
    return frozenset(name for name in found if found.count(name) == 1)


def links(text: str) -> list[str]:
    """Return where the links and pictures of a text lead, but for those that leave it."""
    tokens = flat(MARKDOWN.parse(text))
    targets = [str(token.attrGet("href") or token.attrGet("src") or "") for token in tokens]
    return [target for target in targets if target and not ELSEWHERE.match(target)]


def dead(document: Path, target: str) -> str:
    """Say what is wrong with a link; empty when it leads somewhere."""
    path, _, anchor = unquote(target).partition("#")
    if path.startswith("/"):
        return f"{target}: begin with ./ or ../, a site may lie below its host's top"
    file = (document.parent / path).resolve() if path else document
    if not file.exists():
        return f"{target}: there is no such file"
    if not file.is_relative_to(paths.ROOT):
        return f"{target}: leaves the repository"
    return dead_anchor(file, anchor, target) if anchor else ""


def dead_anchor(file: Path, anchor: str, target: str) -> str:
    """Say what is wrong with the part of a link behind ``#``."""
    page = file / "README.md" if file.is_dir() else file
    if page.suffix != ".md" or not page.is_file():
        return f"{target}: only documents have headings"
    if anchor in anchors(page):
        return ""
    known = ", ".join(sorted(anchors(page)))
    return f"{target}: no heading, or several, have this anchor; there are {known}"


@pytest.mark.parametrize("document", documents(), ids=str)
def test_every_link_leads_somewhere(document: Path) -> None:
    file = paths.ROOT / document
    assert [fault for target in links(file.read_text()) if (fault := dead(file, target))] == []


@pytest.mark.parametrize(
    ("target", "fault"),
    [
        ("cursed-knowledge.md", ""),
        ("../modules/cdn", ""),
        ("../modules/cdn#who-signs", ""),
        ("#what-it-signs", ""),
        ("no-such-page.md", "there is no such file"),
        ("../modules/cdn#who-sings", "no heading"),
        ("../Makefile#demo", "only documents have headings"),
        ("/docs/website.md", "begin with ./ or ../"),
        ("../../elsewhere.md", "there is no such file"),
        ("../..", "leaves the repository"),
    ],
)
def test_a_dead_link_is_seen(target: str, fault: str) -> None:
    seen = dead(paths.ROOT / "docs" / "edge-signer.md", target)
    assert fault in seen
    assert bool(seen) == bool(fault)


def test_links_are_read_as_markdown_reads_them() -> None:
    text = "[a](x.md) `[b](y.md)` ![c](z.svg) [d](https://example.com) [e][f]\n\n[f]: w.md#top\n"
    assert links(text) == ["x.md", "z.svg", "w.md#top"]


def test_anchors_are_those_of_github() -> None:
    assert slug("What `make redrive` does, and why") == "what-make-redrive-does-and-why"
    assert slug("Replicas, and the end of a function") == "replicas-and-the-end-of-a-function"
