"""`make audit`: what is vulnerable, what may stand for now, and what could not be checked."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pytest

from tools.audit.__main__ import locks
from tools.audit.report import Allowed, AllowListError, Verdict, allow_list, judge

if TYPE_CHECKING:
    from pathlib import Path

TODAY = datetime.date(2026, 11, 28)
FINE: dict[str, Any] = {"name": "fine", "version": "1.0", "vulns": []}
BAD: dict[str, Any] = {
    "name": "bad",
    "version": "2.0",
    "vulns": [{"id": "PYSEC-1", "aliases": ["GHSA-1"], "fix_versions": ["2.1"]}],
}
SKIPPED = {"name": "odd", "skip_reason": "Dependency not found"}


def verdict_on(*found: dict[str, Any], allowed: tuple[Allowed, ...] = ()) -> Verdict:
    return judge({"a.txt": {"dependencies": list(found)}}, allowed, TODAY)


def until(day: int, vulnerability: str = "GHSA-1") -> Allowed:
    return Allowed(vulnerability, "bad", "not called", datetime.date(2026, 11, day))


def test_nothing_found_is_a_pass() -> None:
    verdict = verdict_on(FINE)
    assert (verdict.code, verdict.checked) == (0, 1)


def test_a_vulnerability_fails_and_is_told_with_the_mend() -> None:
    verdict = verdict_on(FINE, BAD)
    assert verdict.code == 1
    assert verdict.vulnerable == ["a.txt: bad 2.0: PYSEC-1, mended by 2.1"]


@pytest.mark.parametrize("name", ["PYSEC-1", "GHSA-1"])
def test_what_is_allowed_stands_by_any_of_its_ids(name: str) -> None:
    assert verdict_on(BAD, allowed=(until(29, name),)).code == 0


def test_an_entry_ends_on_its_day() -> None:
    verdict = verdict_on(BAD, allowed=(until(28),))
    assert verdict.code == 1
    assert verdict.vulnerable[0].endswith("allowed until 2026-11-28, which is over")


def test_an_entry_that_allows_nothing_fails() -> None:
    verdict = verdict_on(FINE, allowed=(until(29),))
    assert verdict.code == 1
    assert verdict.stale == ["GHSA-1 of bad is found no more: take it out"]


def test_an_entry_is_for_its_package_only() -> None:
    other = Allowed("GHSA-1", "other", "not called", datetime.date(2026, 12, 1))
    assert verdict_on(BAD, allowed=(other,)).code == 1


def test_what_was_skipped_is_no_pass() -> None:
    verdict = verdict_on(FINE, SKIPPED)
    assert verdict.code == 2
    assert verdict.unchecked == ["a.txt: odd: Dependency not found"]


def test_a_lock_without_a_report_is_no_pass() -> None:
    verdict = judge({"a.txt": {"dependencies": [FINE]}, "b.txt": "no network"}, (), TODAY)
    assert (verdict.code, verdict.unchecked) == (2, ["b.txt: no network"])


def test_nothing_checked_is_no_pass() -> None:
    assert judge({}, (), TODAY).code == 2


def test_a_vulnerability_counts_though_something_else_could_not_be_checked() -> None:
    assert verdict_on(BAD, SKIPPED).code == 1


def test_where_something_could_not_be_checked_no_entry_is_in_vain() -> None:
    assert verdict_on(SKIPPED, allowed=(until(29),)).stale == []


def test_a_list_is_read(tmp_path: Path) -> None:
    path = tmp_path / "allow.toml"
    path.write_text(
        '[[allow]]\nid = "GHSA-1"\npackage = "bad"\nreason = "not called"\nuntil = 2026-11-29\n'
    )
    assert allow_list(path) == [until(29)]


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        ('id = "A"\npackage = "b"\nreason = "c"\n', "until"),
        ('id = "A"\npackage = "b"\nreason = "c"\nuntil = "2027-01-31"\n', "until"),
        ('id = "A"\npackage = "b"\nreason = "c"\nuntil = 2027-01-31\nmore = 1\n', "more"),
    ],
)
def test_an_entry_that_cannot_be_meant_is_refused(tmp_path: Path, entry: str, what: str) -> None:
    path = tmp_path / "allow.toml"
    path.write_text(f"[[allow]]\n{entry}")
    with pytest.raises(AllowListError, match=f"entry 1 has a wrong or missing {what}"):
        allow_list(path)


def test_every_lock_is_audited_and_equal_ones_once(tmp_path: Path) -> None:
    for name, text in {
        "requirements/tools.txt": "a==1\n",
        "functions/one/requirements.lock": "# made for one\nb==1\n",
        "functions/two/requirements.lock": "# made for two\nb==1\n",
        "functions/none/requirements.lock": "# nothing\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    found = locks(tmp_path, tmp_path / "functions")
    assert set(found) == {"functions/one/requirements.lock", "requirements/tools.txt"}
