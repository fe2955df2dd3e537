"""The table that the demo prints while it works."""

from __future__ import annotations

from dataclasses import dataclass, field

from rich.console import Console
from rich.text import Text

WIDTHS = (52, 28, 34, 9)


@dataclass
class Report:
    """Rows of what was done, what was expected and what was seen.

    Attributes
    ----------
    console
        Where the rows go; plain text when that is no terminal.
    wrong
        Names of the rows whose expectation did not hold.
    """

    console: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    wrong: list[str] = field(default_factory=list)

    def head(self) -> None:
        """Print the column titles."""
        self._line(("what", "expected", "seen", "ms"), "bold")
        self.console.print("─" * (sum(WIDTHS) + 6), style="dim")

    def section(self, title: str) -> None:
        """Print a title between rows."""
        self.console.print(title, style="bold cyan")

    def row(self, what: str, expected: str, seen: str, milliseconds: float, *, right: bool) -> None:
        """Print one row and remember it when it is wrong."""
        if not right:
            self.wrong.append(what)
        self._line(
            (what, expected, seen, f"{milliseconds:,.0f}"),
            "" if right else "bold red",
            mark="✓" if right else "✗",
        )

    def _line(self, cells: tuple[str, str, str, str], style: str, mark: str = " ") -> None:
        what, expected, seen, took = (
            cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)
        )
        text = Text(f"{mark} {what}{expected}{seen}{took.strip().rjust(WIDTHS[-1])}", style=style)
        if not style and mark == "✓":
            text.stylize("green", 0, 1)
        self.console.print(text)
