"""mkdocs' hooks: the documents as pages where they lie in the checkout, and Mermaid as pictures.

Run by mkdocs, in the environment ``.venv-docs``.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any

import mermaidx
from markdown import Extension
from markdown.treeprocessors import Treeprocessor
from mkdocs.structure.files import File, Files
from pymdownx.superfences import SuperFencesException

from tools.docs_site.links import CURRENT, resolved
from tools.docs_site.pages import parts
from tools.paths import ROOT

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from markdown import Markdown
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

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
            target = resolved(href, CURRENT.page, os.environ.get("REPOSITORY", ""))
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
    config.nav = [{title: list(pages)} for title, pages in parts().items()]
    config.markdown_extensions.append(_LinksExtension())
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Put the documents in the place of what lies in docs_dir."""
    pages = [name for names in parts().values() for name in names]
    theme = [file for file in files if file.src_dir != config.docs_dir]
    ours = [File.generated(config, name, content=(ROOT / name).read_text()) for name in pages]
    return Files([*theme, *ours])


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:  # noqa: ANN401
    """Remember which page comes next."""
    CURRENT.page = page.file.src_uri
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
    # Each picture has styles by its id, and a page may have several.
    return f'<div class="diagram">{picture.replace("my-svg", name)}</div>'
