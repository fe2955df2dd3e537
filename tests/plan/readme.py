"""The HCL blocks in the documentation, and what their first line says about them.

``# plan: NAME`` is planned as a root of its own and compared with the inventory NAME;
``# plan: NAME error="TEXT"`` must fail with TEXT; ``# fragment`` is a part of something, and only
parsed and checked for its format.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

_BLOCK = re.compile(
    r"^(?P<fence>`{3,})hcl\b[^\n]*\n(?P<text>.*?)^(?P=fence)[ \t]*$", re.MULTILINE | re.DOTALL
)
_PLAN = re.compile(r'# plan: (?P<name>[a-z0-9_]+)(?: error="(?P<error>[^"]+)")?')


@dataclass(frozen=True)
class Example:
    """One fenced block.

    Attributes
    ----------
    file
        Where it stands, relative to the checkout.
    line
        Number of its first line.
    text
        What stands between the fences.
    name
        Its name after ``# plan:``; empty for a fragment, and without a directive.
    error
        What its plan must fail with; empty when it must succeed.
    """

    file: Path
    line: int
    text: str
    name: str
    error: str

    @property
    def planned(self) -> bool:
        """Whether it is a root of its own."""
        return bool(self.name)

    @property
    def directed(self) -> bool:
        """Whether its first line says what it is."""
        return self.planned or self.text.splitlines()[:1] == ["# fragment"]

    @property
    def of(self) -> str:
        """The module that it documents, or the document."""
        return self.file.parent.name if self.file.parts[0] == "modules" else self.file.stem.lower()

    @property
    def inventory(self) -> str:
        """Name of its inventory."""
        return f"examples/{self.of}/{self.name}"

    @property
    def folder(self) -> str:
        """Name of the root folder that it is planned in."""
        return f"example-{self.of}-{self.name}"

    def __str__(self) -> str:
        return f"{self.of}-{self.name}" if self.name else f"{self.file}:{self.line}"


def documents() -> list[Path]:
    """Return every document whose blocks are tests."""
    patterns = ("README.md", "modules/*/README.md", "docs/**/*.md")
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern))


def examples() -> list[Example]:
    """Return every HCL block of every document."""
    return [example for document in documents() for example in blocks(document)]


def blocks(document: Path) -> list[Example]:
    """Return the HCL blocks of one document."""
    text = document.read_text()
    found = []
    for match in _BLOCK.finditer(text):
        first = match["text"].split("\n", 1)[0]
        directive = _PLAN.fullmatch(first)
        found.append(
            Example(
                file=document.relative_to(ROOT),
                line=text.count("\n", 0, match.start("text")) + 1,
                text=match["text"],
                name=directive["name"] if directive else "",
                error=(directive["error"] or "") if directive else "",
            )
        )
    return found
