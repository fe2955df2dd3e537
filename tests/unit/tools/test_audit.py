"""`make audit`: what is vulnerable, what may stand for now, and what could not be checked."""

from __future__ import annotations

import datetime
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from tools.audit.__main__ import locks, main
from tools.audit.report import Allowed, AllowListError, Verdict, allow_list, judge

if TYPE_CHECKING:
    from collections.abc import Iterator
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


def test_many_that_were_skipped_are_one_line_of_their_lock_and_all_count() -> None:
    verdict = verdict_on(*[SKIPPED] * 94)
    assert verdict.unchecked == ["a.txt: odd and 93 more: Dependency not found"]
    assert verdict.skipped == 94


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
    found = locks(tmp_path)
    assert set(found) == {"functions/one/requirements.lock", "requirements/tools.txt"}


# --- the command, with pip-audit itself, against a service on loopback ----------------------------

# As https://google.github.io/osv.dev/post-v1-query/ documents an answer.
FOUND = {
    "vulns": [
        {
            "id": "GHSA-aaaa-bbbb-cccc",
            "aliases": ["CVE-2026-0001"],
            "summary": "It does what it should not",
            "schema_version": "1.6.0",
            "published": "2026-11-01T00:00:00Z",
            "modified": "2026-11-02T00:00:00Z",
            "affected": [
                {
                    "package": {"name": "bad", "ecosystem": "PyPI"},
                    "ranges": [
                        {
                            "type": "ECOSYSTEM",
                            "events": [{"introduced": "0"}, {"fixed": "2.1"}],
                        }
                    ],
                }
            ],
        }
    ]
}
HASH = f"--hash=sha256:{'0' * 64}"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Serve OSV's API, that knows one vulnerable package; return what it is asked."""
    questions: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            questions.append(question)
            bad = question["package"]["name"] == "bad" and question["version"] == "2.0"
            body = json.dumps(FOUND if bad else {}).encode()
            self.send_response(500 if question["package"]["name"] == "broken" else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("PIP_AUDIT_VULNERABILITY_SERVICE", "osv")
    monkeypatch.setenv("PIP_AUDIT_OSV_URL", f"http://127.0.0.1:{server.server_port}/v1/query")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield questions
    server.shutdown()
    server.server_close()
    thread.join()


def checkout(folder: Path, pins: list[str], allowed: str = "") -> Path:
    (folder / "requirements").mkdir()
    lock = "".join(f"{pin} \\\n    {HASH}\n" for pin in pins)
    (folder / "requirements" / "tools.txt").write_text(lock)
    (folder / "requirements" / "audit-allow.toml").write_text(allowed)
    return folder


def entry_until(day: str) -> str:
    lines = ('id = "CVE-2026-0001"', 'package = "bad"', 'reason = "not called"', f"until = {day}")
    return "[[allow]]\n" + "\n".join(lines) + "\n"


def test_the_service_is_asked_for_each_pin_and_nothing_found_ends_with_0(
    asked: list[Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(checkout(tmp_path, ["fine==1.0", "bad==2.1"])) == 0
    said = "audit: 2 packages of 1 locks checked, 0 vulnerable, 0 could not be checked\n"
    assert capsys.readouterr().out == said
    pins = {(each["package"]["name"], each["version"]) for each in asked}
    assert pins == {("fine", "1.0"), ("bad", "2.1")}


@pytest.mark.usefixtures("asked")
def test_what_the_service_finds_ends_with_1_and_is_told_with_the_mend(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(checkout(tmp_path, ["fine==1.0", "bad==2.0"])) == 1
    said = capsys.readouterr().out
    where = "vulnerable: requirements/tools.txt: bad 2.0: "
    assert said.startswith(f"{where}CVE-2026-0001, mended by 2.1\n")
    assert "Mend: make lock" in said


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(("day", "code"), [("9999-01-01", 0), ("2000-01-01", 1)])
def test_what_the_list_allows_stands_until_its_day(tmp_path: Path, day: str, code: int) -> None:
    assert main(checkout(tmp_path, ["bad==2.0"], entry_until(day))) == code


@pytest.mark.usefixtures("asked")
def test_a_service_that_fails_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(checkout(tmp_path, ["broken==1.0"])) == 2
    assert "could not check: requirements/tools.txt: " in capsys.readouterr().out


def test_a_list_that_cannot_be_meant_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(checkout(tmp_path, [], "[[allow]]\nid = 1\n")) == 1
    assert "entry 1 has a wrong or missing" in capsys.readouterr().err
