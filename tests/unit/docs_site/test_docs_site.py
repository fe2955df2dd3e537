"""The site of the documentation: its pages, its links, and what it asks others for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tools.docs_site.__main__ import complaints, foreign_requests
from tools.docs_site.links import resolved
from tools.docs_site.pages import parts
from tools.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = "https://example.com/org/name/blob/main"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("README.md", "docs/a.md", "modules/table/README.md", "modules/table/main.tf"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("# Title\n")
    (tmp_path / "envs").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("href", "leads"),
    [
        ("../README.md#title", "../README.md#title"),
        ("../modules/table", "../modules/table/README.md"),
        ("../modules/table#title", "../modules/table/README.md#title"),
        ("#title", "#title"),
        ("https://example.com/", "https://example.com/"),
        ("mailto:somebody@example.com", "mailto:somebody@example.com"),
        ("../modules/table/main.tf", f"{SOURCES}/modules/table/main.tf"),
        ("../envs", f"{SOURCES}/envs"),
    ],
)
def test_a_link_leads_to_a_page_or_to_the_repository(checkout: Path, href: str, leads: str) -> None:
    assert resolved(href, "docs/a.md", SOURCES, checkout) == leads


def test_without_a_repository_a_source_is_no_link(checkout: Path) -> None:
    assert resolved("../envs", "docs/a.md", "", checkout) == ""


def test_every_document_is_a_page_and_none_is_twice() -> None:
    pages = [page for pages in parts().values() for page in pages]
    documents = {
        path.relative_to(ROOT).as_posix()
        for pattern in ("*.md", "docs/**/*.md", "modules/*/README.md", "tools/*/README.md")
        for path in ROOT.glob(pattern)
    }
    assert len(pages) == len(set(pages))
    assert documents <= set(pages)


def test_what_is_named_stands_in_its_part_though_a_pattern_before_finds_it() -> None:
    found = parts()
    assert found["Patterns"][-1] == "docs/prices.md"
    assert "docs/prices.md" not in found["Running it"]
    assert found["Modules"][0] == "modules/function/README.md"


@pytest.mark.parametrize(
    "page",
    [
        '<script src="https://example.com/a.js"></script>',
        '<link rel="stylesheet" href="//example.com/a.css">',
        '<link rel="preconnect" href="https://example.com">',
        '<img src="https://example.com/a.png">',
        "<style>@import 'https://example.com/a.css'</style>",
        "<style>a { background: url(https://example.com/a.png) }</style>",
        '<pre class="mermaid">flowchart</pre>',
    ],
)
def test_a_request_to_another_host_is_seen(page: str) -> None:
    assert foreign_requests(page)


@pytest.mark.parametrize(
    "page",
    [
        '<a href="https://example.com/">read</a>',
        '<link rel="canonical" href="https://example.com/a">',
        '<script src="assets/a.js"></script>',
        '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
        "<style>a { background: url(data:image/png;base64,AA) }</style>",
    ],
)
def test_what_asks_nobody_else_is_fine(page: str) -> None:
    assert foreign_requests(page) == []


def test_a_complaint_names_the_page(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<img src="https://example.com/a.png">')
    assert list(complaints(tmp_path)) == [
        "a.html: asks another host: <img src=https://example.com/a.png>"
    ]
