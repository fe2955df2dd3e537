"""Which documents are pages, and in what order they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

HOME = "README.md"
# Title of a part of the site, and where its pages are, in their order.
PARTS = {
    "Start": (HOME, "docs/first-*.md", "docs/website.md", "docs/comparison.md"),
    "Patterns": (
        "docs/patterns/README.md",
        "docs/patterns/function-url.md",
        "docs/patterns/http-and-rest-api.md",
        "docs/patterns/*.md",
        "docs/prices.md",
    ),
    "Modules": ("modules/function/README.md", "modules/*/README.md"),
    "Running it": (
        "docs/deploying.md",
        "docs/operations.md",
        "docs/troubleshooting.md",
        "docs/security.md",
        "docs/upgrading.md",
        "docs/releasing.md",
        "docs/*.md",
    ),
    "Decisions": ("docs/decisions/README.md", "docs/decisions/*.md"),
    "Working on it": (
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "*.md",
        "tools/*/README.md",
        "functions/*/README.md",
        "tests/bench/README.md",
    ),
}


def parts(root: Path = ROOT) -> dict[str, list[str]]:
    """Return the pages of each part, relative to the checkout, each page once."""
    seen: set[str] = set()
    found: dict[str, list[str]] = {title: [] for title in PARTS}
    # What is named stands before what a pattern finds, in whichever part that is.
    named = {pattern for patterns in PARTS.values() for pattern in patterns if "*" not in pattern}
    for title, patterns in PARTS.items():
        for pattern in patterns:
            for path in sorted(root.glob(pattern)):
                name = path.relative_to(root).as_posix()
                if name not in seen and (pattern == name or name not in named):
                    seen.add(name)
                    found[title].append(name)
    return found
