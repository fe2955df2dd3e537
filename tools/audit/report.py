"""What the audit of the locks comes to."""

from __future__ import annotations

import datetime
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FIELDS = {"id": str, "package": str, "reason": str, "until": datetime.date}


class AllowListError(Exception):
    """An entry of the list that cannot be meant."""


@dataclass(frozen=True)
class Allowed:
    """A vulnerability that may stand until a day."""

    id: str
    package: str
    reason: str
    until: datetime.date


@dataclass
class Verdict:
    """What was found, and what could not be checked.

    Attributes
    ----------
    vulnerable
        A line for each vulnerability.
    unchecked
        A line for each lock of which something could not be checked.
    stale
        A line for each entry of the list that allows nothing.
    checked
        How many packages were.
    skipped
        How many packages were not, and locks.
    """

    vulnerable: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    checked: int = 0
    skipped: int = 0

    @property
    def code(self) -> int:
        """Exit code: 1 something is to be done, 2 something could not be checked, 0 all is well."""
        if self.vulnerable or self.stale:
            return 1
        return 2 if self.unchecked or not self.checked else 0


def allow_list(path: Path) -> list[Allowed]:
    """
    Read the list of what may stand.

    Raises
    ------
    AllowListError
        It is no TOML, or an entry has other fields than id, package, reason and until.
    """
    try:
        entries = tomllib.loads(path.read_text()).get("allow", [])
    except tomllib.TOMLDecodeError as error:
        raise AllowListError(f"{path}: {error}") from error
    allowed = []
    for number, entry in enumerate(entries, start=1):
        wrong = sorted(set(entry) ^ set(FIELDS))
        wrong += [n for n, kind in FIELDS.items() if n in entry and type(entry[n]) is not kind]
        if wrong:
            raise AllowListError(
                f"{path}: entry {number} has a wrong or missing {', '.join(wrong)}: give id, "
                "package and reason as text, and until as a day, 2027-01-31 without quotes"
            )
        allowed.append(Allowed(**entry))
    return allowed


def judge(
    reports: Mapping[str, Mapping[str, Any] | str],
    allowed: Iterable[Allowed],
    today: datetime.date,
) -> Verdict:
    """
    Return what pip-audit's reports come to.

    Parameters
    ----------
    reports
        By lock: the report, or why there is none.
    allowed
        What may stand.
    """
    verdict = Verdict()
    known = {(entry.package, entry.id): entry for entry in allowed}
    used = set()
    checked = set()
    for lock, report in reports.items():
        if isinstance(report, str):
            verdict.unchecked.append(f"{lock}: {report}")
            verdict.skipped += 1
            continue
        skipped = []
        for one in report["dependencies"]:
            if "skip_reason" in one:
                # pip-audit itself calls this a success.
                skipped.append(one)
                continue
            checked.add((one["name"], one["version"]))
            for found in one["vulns"]:
                ids = [found["id"], *found.get("aliases", [])]
                entry = next((known[key] for i in ids if (key := (one["name"], i)) in known), None)
                if entry:
                    used.add(entry)
                    if today < entry.until:
                        continue
                fixed = ", ".join(found.get("fix_versions", [])) or "no version yet"
                over = f"; allowed until {entry.until}, which is over" if entry else ""
                what = f"{one['name']} {one['version']}: {found['id']}"
                verdict.vulnerable.append(f"{lock}: {what}, mended by {fixed}{over}")
        if skipped:
            verdict.unchecked.append(f"{lock}: {_unasked(skipped)}")
            verdict.skipped += len(skipped)
    verdict.checked = len(checked)
    if not verdict.unchecked:
        unused = [entry for entry in known.values() if entry not in used]
        verdict.stale = [f"{e.id} of {e.package} is found no more: take it out" for e in unused]
    return verdict


def _unasked(skipped: list[Mapping[str, Any]]) -> str:
    """Say which packages of a lock were not checked: without a service those are all."""
    first = skipped[0]
    more = f" and {len(skipped) - 1} more" if skipped[1:] else ""
    return f"{first['name']}{more}: {first['skip_reason']}"
