"""``python -m tools.lint [DIR ...]``: exit 0 clean, 1 findings, 2 not all was checked."""

from __future__ import annotations

import argparse
import os
import sys
import textwrap
from pathlib import Path

from tools import paths
from tools.lint.check import catalogue, check


def main(arguments: list[str] | None = None) -> int:
    """Lint the folders that the arguments name, and print what was found.

    Returns
    -------
    int
        The exit code.
    """
    parser = argparse.ArgumentParser(
        prog="python -m tools.lint", description="Rules on Terraform source."
    )
    parser.add_argument(
        "folders", nargs="*", metavar="DIR", type=Path, help="folders to lint (modules and envs)"
    )
    parser.add_argument("--rules", action="store_true", help="list the rules and end")
    options = parser.parse_args(arguments)
    if options.rules:
        _print_rules()
        return 0
    findings, unchecked = check(options.folders or [paths.MODULES, paths.ENVS])
    for finding in findings:
        place = f"{_shown(finding.path)}:{finding.line}"
        sys.stdout.write(f"{place} {finding.rule} {finding.message} — {finding.fix}\n")
    for hole in unchecked:
        sys.stderr.write(f"{_shown(hole.path)}:{hole.line} could not be checked: {hole.reason}\n")
    if unchecked:
        return 2
    return 1 if findings else 0


def _shown(path: Path) -> str:
    """Return a path as one would type it here."""
    here = Path.cwd()
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 (a link keeps the name it was given)
    return str(absolute.relative_to(here) if absolute.is_relative_to(here) else absolute)


def _print_rules() -> None:
    for one in catalogue():
        sys.stdout.write(f"{one.id} ({one.severity})\n")
        sys.stdout.write(textwrap.indent(f"{one.why}\nSource: {one.source}\n", "    "))


if __name__ == "__main__":
    sys.exit(main())
