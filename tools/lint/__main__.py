"""``python -m tools.lint [DIR ...]``: exit 0 clean, 1 findings, 2 not all was checked."""

from __future__ import annotations

import argparse
import sys
import textwrap
from pathlib import Path

from tools import paths
from tools.lint import report
from tools.lint.check import Planned, catalogue, check


def main(arguments: list[str] | None = None) -> int:
    """Lint the folders and plans that the arguments name, and print what was found.

    Returns
    -------
    int
        The exit code.
    """
    parser = argparse.ArgumentParser(
        prog="python -m tools.lint", description="Rules on Terraform source and plans."
    )
    parser.add_argument(
        "folders", nargs="*", metavar="DIR", type=Path,
        help="folders to lint (by default modules and envs, with the customs of this repository)",
    )  # fmt: skip
    parser.add_argument(
        "--plan", action="append", default=[], metavar="[ROOT=]FILE",
        help="a plan as terraform show -json wrote it, of the root ROOT (by default the first DIR)",
    )  # fmt: skip
    parser.add_argument("--format", choices=report.FORMATS, default="text")
    parser.add_argument("--house", action="store_true", help="also the customs of this repository")
    parser.add_argument("--open", action="store_true", help="list what only apply will tell")
    parser.add_argument("--rules", action="store_true", help="list the rules and end")
    options = parser.parse_args(arguments)
    if options.rules:
        _print_rules()
        return 0
    folders = options.folders or [paths.MODULES, paths.ENVS]
    plans = [_planned(given, folders[0]) for given in options.plan]
    checked = check(folders, plans, house=options.house or not options.folders)
    if options.format == "sarif":
        sys.stdout.write(report.sarif(checked, catalogue()))
    elif options.format == "junit":
        sys.stdout.write(report.junit(checked, catalogue()))
    else:
        sys.stdout.write(report.text(checked, listed=options.open))
    for hole in checked.unchecked:
        place = f"{report.shown(hole.path)}:{hole.line}"
        sys.stderr.write(f"{place} could not be checked: {hole.reason}\n")
    if checked.unchecked:
        return 2
    return 1 if checked.findings else 0


def _planned(given: str, default: Path) -> Planned:
    root, equals, file = given.rpartition("=")
    return Planned(Path(file), Path(root) if equals else default)


def _print_rules() -> None:
    for one in catalogue():
        sys.stdout.write(f"{one.id} ({one.severity})\n")
        sys.stdout.write(textwrap.indent(f"{one.why}\nSource: {one.source}\n", "    "))


if __name__ == "__main__":
    sys.exit(main())
