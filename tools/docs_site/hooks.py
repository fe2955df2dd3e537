"""mkdocs' hooks: the documents as pages where they lie in the checkout, and Mermaid as pictures.

Run by mkdocs, in the environment ``.venv-docs``.
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING, Any

import mermaidx
from markdown import Extension
from markdown.treeprocessors import Treeprocessor
from mkdocs.structure.files import File, Files
from pymdownx.superfences import SuperFencesException

from tools.docs_site.links import CURRENT, resolved
from tools.docs_site.pages import HOME, parts
from tools.paths import ROOT

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from markdown import Markdown
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

STYLE = "tools/docs_site/site.css"
# Where somebody may be told that a document can be edited; empty where nobody named a repository.
REPOSITORY = os.environ.get("REPOSITORY", "").rstrip("/")
# Widths are measured in DejaVu Sans, which is as wide as Verdana.
FONT = {"fontFamily": "Verdana, 'DejaVu Sans', sans-serif"}


class _Links(Treeprocessor):  # type: ignore[misc]  # mypy's environment has no Markdown
    """Lead links to folders and sources to where the site or the repository has them."""

    def run(self, root: Element) -> None:
        """Change the links of one page."""
        for link in root.iter("a"):
            href = link.get("href")
            if href is None:
                continue
            target = resolved(href, CURRENT.page, REPOSITORY)
            if target:
                link.set("href", target)
            else:
                link.tag = "span"
                del link.attrib["href"]


class _LinksExtension(Extension):  # type: ignore[misc]
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  Markdown's name
        # Before mkdocs' own, which has priority 0.
        md.treeprocessors.register(_Links(), "docs_site_links", 1)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Set the navigation, and have links changed."""
    # The home page stands above the parts: only so it is one, to which the theme leads.
    below = {title: [page for page in pages if page != HOME] for title, pages in parts().items()}
    config.nav = [{"Overview": HOME}, *({title: pages} for title, pages in below.items() if pages)]
    config.markdown_extensions.append(_LinksExtension())
    config.extra_css.append(STYLE)
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Put the documents in the place of what lies in docs_dir."""
    theme = [file for file in files if file.src_dir != config.docs_dir]
    ours = [_page(config, name, pages[0]) for pages in parts().values() for name in pages]
    style = File.generated(config, STYLE, content=(ROOT / STYLE).read_text())
    return Files([*theme, style, *ours])


def _page(config: MkDocsConfig, name: str, first: str) -> File:
    """Return a document as a page; `first` is the first one of its part."""
    page = File.generated(config, name, content=(ROOT / name).read_text())
    if name != HOME and not (name == first and name.startswith("docs/")):
        # The theme takes the first index of a part for the part itself, and shows it no more in the
        # part's list. A README of a module or a tool stays at its address, but is no index. That
        # address is made of the name when it is first asked for, so it is asked for before.
        address = page.dest_uri
        page.name, page.dest_uri = "README", address
    return page


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:  # noqa: ANN401
    """Remember which page comes next, and where it can be edited."""
    CURRENT.page = page.file.src_uri
    if REPOSITORY:
        page.edit_url = f"{REPOSITORY.replace('/blob/', '/edit/')}/{page.file.src_uri}"
    return markdown


def diagram(source: str, *_: Any, **__: Any) -> str:  # noqa: ANN401  superfences' arguments
    """Return a Mermaid diagram as a picture in the page."""
    try:
        picture = mermaidx.render(source, theme="neutral", config=FONT).svg()
    except RuntimeError as error:
        # superfences shows the source for any other exception, and goes on.
        message = f"{CURRENT.page}: a diagram cannot be drawn: {error}\n{source}"
        raise SuperFencesException(message) from error
    name = "diagram-" + hashlib.sha256(source.encode()).hexdigest()[:12]
    # Each picture has styles by its id, and a page may have several. A wide one is not made smaller
    # than can be read (site.css), and who scrolls by keyboard needs it in the order of tabs.
    width = re.search(r'viewBox="\S+ \S+ ([\d.]+)', picture)
    natural = f' style="--natural: {width[1]}px"' if width else ""
    return f'<div class="diagram" tabindex="0"{natural}>{picture.replace("my-svg", name)}</div>'
