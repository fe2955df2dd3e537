"""The site of the documentation: its pages, its links, and what it asks others for."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from tests import built_site
from tools.docs_site.__main__ import complaints, dead_links, foreign_requests
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


@pytest.mark.parametrize(
    ("link", "dead"),
    [
        ("b/index.html", ""),
        ("b/index.html#there", ""),
        ("#here", ""),
        ("/b/index.html", ""),
        ("b/a%20style.css", ""),
        ("https://example.com/no-such-page", ""),
        ("mailto:somebody@example.com", ""),
        ("data:image/png;base64,AA", ""),
        ("c.html", "there is no such file"),
        ("b", "there is no such file"),
        ("b/index.html#not-there", "nothing there has that id"),
        ("#not-here", "nothing there has that id"),
    ],
)
def test_a_link_to_no_file_or_no_element_is_dead(tmp_path: Path, link: str, dead: str) -> None:
    page = tmp_path / "a.html"
    page.write_text(f'<h1 id="here">A</h1><a href="{link}">b</a>')
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "index.html").write_text('<h1 id="there">B</h1>')
    (tmp_path / "b" / "a style.css").touch()
    assert dead_links(tmp_path, page) == ([f"{link}: {dead}"] if dead else [])


def test_a_picture_that_is_not_there_is_dead(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<img src="no-such.png">')
    assert list(complaints(tmp_path)) == ["a.html: dead link: no-such.png: there is no such file"]


# --- the site that make docs makes ----------------------------------------------------------------


@pytest.fixture(scope="module")
def built() -> built_site.Built:
    return built_site.built()


def test_the_site_is_made_without_a_warning_or_a_dead_link(built: built_site.Built) -> None:
    assert built.code == 0, built.said


def test_every_document_is_made_into_a_page(built: built_site.Built) -> None:
    pages = {page for names in parts().values() for page in names}
    made = {path.relative_to(built.site).as_posix() for path in built.site.rglob("*.html")}
    wanted = {re.sub(r"(README)?\.md$", lambda m: "index.html" if m[1] else ".html", page)
              for page in pages}  # fmt: skip
    assert made == wanted | {"404.html"}


def test_every_page_is_in_the_navigation(built: built_site.Built) -> None:
    """The theme leaves out what it takes for the index of a part."""
    page = (built.site / "docs" / "rules.html").read_text()
    navigation = page.partition("md-nav--primary")[2].partition("md-content")[0]
    found = set(re.findall(r'<a href="([^"#]+)" class="md-nav__link', navigation))
    reached = {(built.site / "docs" / link).resolve() for link in found}
    pages = {path for path in built.site.rglob("*.html") if path.name != "404.html"}
    assert pages - reached == set()


def test_a_page_leads_to_where_it_can_be_edited_and_to_sources(built: built_site.Built) -> None:
    edited = built_site.REPOSITORY.replace("/blob/", "/edit/")
    page = (built.site / "docs" / "deploying.html").read_text()
    assert f'href="{edited}/docs/deploying.md"' in page
    assert f'href="{built_site.REPOSITORY}/.gitlab-ci.yml"' in page


def test_a_link_to_a_source_leads_to_a_file_of_the_repository(built: built_site.Built) -> None:
    link = re.compile(rf'href="{re.escape(built_site.REPOSITORY)}/([^"#]+)')
    found = {name for page in built.site.rglob("*.html") for name in link.findall(page.read_text())}
    assert found
    assert [name for name in sorted(found) if not (ROOT / name).exists()] == []


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A checkout with what makes a site, and two documents."""
    for path in built_site.sources():
        if path.suffix != ".md":
            target = tmp_path / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "first-a.md").write_text("# A\n\n[home](../README.md#home)\n")
    return tmp_path


# Each build takes about a second, so a page has all the faults that are told together.
@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("[a](docs/first-a.md#a)\n\n```mermaid\nflowchart LR\n  a --> b\n```", []),
        (
            "[a](docs/first-b.md) [b](docs/first-a.md#b)",
            ["'docs/first-b.md'", "'docs/first-a.md#b'"],
        ),
        (
            "<a href='docs/first-b.html'>b</a> ![a](https://example.com/a.png)",
            ["index.html: dead link: docs/first-b.html", "index.html: asks another host"],
        ),
        ("```mermaid\nflowchart LR\n  a --> [\n```", ["a diagram cannot be drawn"]),
    ],
    ids=["fine", "dead links", "in HTML", "diagram"],
)
def test_a_faulty_page_is_told_and_fails(small: Path, text: str, faults: list[str]) -> None:
    (small / "README.md").write_text(f"# Home\n\n{text}\n")
    code, said = built_site.build(small, small / "site")
    assert code == bool(faults), said
    assert [fault for fault in faults if fault not in said] == [], said
