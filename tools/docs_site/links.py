"""Where a link of a document leads on the site."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tools.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Current:
    """The page that is being made: mkdocs makes one after the other."""

    page: str = ""


# Here, and not beside the hooks: mkdocs loads that file twice, as hooks and by its name.
CURRENT = Current()


def resolved(href: str, page: str, repository: str, root: Path = ROOT) -> str:
    """Return what a link becomes on the site.

    Parameters
    ----------
    href
        The address as it is written.
    page
        The document that it is written in, relative to the checkout.
    repository
        Address of the repository's files, as ``https://example.com/org/name/blob/main``, without
        a slash at its end; empty where nobody named one.
    root
        The checkout.

    Returns
    -------
    str
        Documents stay as they are; a folder becomes its README. Other files and folders are in the
        repository only, so the link leads there, or nowhere and is empty.
    """
    parts = urlsplit(href)
    if parts.scheme or parts.netloc or not parts.path:
        return href
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page), parts.path))
    file = root / path
    anchor = f"#{parts.fragment}" if parts.fragment else ""
    if file.is_dir() and (file / "README.md").is_file():
        return posixpath.join(parts.path, "README.md") + anchor
    if file.suffix == ".md":
        return href
    return f"{repository}/{path}" if repository else ""
