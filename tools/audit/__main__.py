"""``python -m tools.audit``: ask for known vulnerabilities of everything that a lock names.

Exit 0: all was checked, and there is none. 1: there are some, or the list of what is allowed is out
of date. 2: something could not be checked, as without a network; that is never a pass.

It is PyPI that is asked, or what pip-audit's own variables name:
``PIP_AUDIT_VULNERABILITY_SERVICE=osv``, and ``PIP_AUDIT_OSV_URL`` for a service of one's own.
"""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from tools.audit.report import AllowListError, allow_list, judge
from tools.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

ALLOWED = "requirements/audit-allow.toml"
SECONDS = 300
MEND = f"""\
Mend: make lock renews requirements/*.txt; for a function name the mended version in its
requirements.txt, and make package locks it. What must stand for now gets an entry with a day in
{ALLOWED}."""


def locks(root: Path = ROOT) -> dict[str, Path]:
    """Return the locks by their names; of functions with equal locks only the first."""
    found: dict[str, Path] = {}
    seen: set[str] = set()
    paths = [*root.glob("requirements/*.txt"), *root.glob("functions/*/requirements.lock")]
    for path in sorted(paths):
        pins = "\n".join(line for line in path.read_text().splitlines() if line[:1] != "#")
        if pins.strip() and pins not in seen:
            seen.add(pins)
            found[path.relative_to(root).as_posix()] = path
    return found


def report_on(lock: Path) -> dict[str, Any] | str:
    """Return pip-audit's report on one lock, or why there is none."""
    command = [
        sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--require-hashes",
        "--disable-pip", "--format", "json", "--progress-spinner", "off", "--aliases", "on",
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return f"no answer within {SECONDS} s"
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return (done.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1]
    return report


def main(root: Path = ROOT) -> int:
    """Audit every lock of a checkout, and say what it comes to."""
    try:
        allowed = allow_list(root / ALLOWED)
    except AllowListError as error:
        print(f"audit: {error}", file=sys.stderr)
        return 1
    reports = {name: report_on(path) for name, path in locks(root).items()}
    verdict = judge(reports, allowed, datetime.datetime.now(datetime.UTC).date())
    for line in verdict.vulnerable:
        print(f"vulnerable: {line}")
    for line in verdict.stale:
        print(f"allowed in vain: {line}")
    for line in verdict.unchecked:
        print(f"could not check: {line}")
    print(
        f"audit: {verdict.checked} packages of {len(reports)} locks checked, "
        f"{len(verdict.vulnerable)} vulnerable, {verdict.skipped} could not be checked"
    )
    if verdict.vulnerable:
        print(MEND)
    return verdict.code


if __name__ == "__main__":
    sys.exit(main())
