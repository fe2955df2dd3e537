from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tools.lint.__main__ import main
from tools.lint.check import catalogue

if TYPE_CHECKING:
    from tools.lint.rule import Rule

TWINS = Path(__file__).parent / "twins"
CLEAN = str(TWINS / "no-any" / "good")
DIRTY = str(TWINS / "no-this-label" / "bad")


def test_a_clean_folder_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    main([CLEAN])
    assert capsys.readouterr() == ("", "")


def test_a_clean_folder_exits_with_0() -> None:
    assert main([CLEAN]) == 0


def test_findings_exit_with_1() -> None:
    assert main([CLEAN, DIRTY]) == 1


def test_a_folder_that_cannot_be_checked_exits_with_2_whatever_else_is_found(
    tmp_path: Path,
) -> None:
    assert main([DIRTY, str(tmp_path)]) == 2


def test_a_finding_names_place_rule_message_and_fix(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(TWINS)
    main(["no-this-label/bad"])
    assert capsys.readouterr().out.splitlines()[0] == (
        "no-this-label/bad/main.tf:13 no-this-label data aws_region.this is labelled this"
        " — name it for what it is, such as dlq or consume"
    )


def test_a_finding_elsewhere_has_its_whole_path(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    main([DIRTY])
    assert capsys.readouterr().out.startswith(f"{DIRTY}/main.tf:13 ")


def test_what_could_not_be_checked_is_named_with_its_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "main.tf").write_text("locals {\n  a = = 1\n}\n")
    monkeypatch.chdir(tmp_path)
    main(["."])
    expected = "main.tf:2 could not be checked: Terraform expects no '=' here\n"
    assert capsys.readouterr().err == expected


def test_a_folder_that_is_named_twice_is_reported_once(capsys: pytest.CaptureFixture[str]) -> None:
    main([DIRTY])
    once = capsys.readouterr().out
    main([DIRTY, DIRTY])
    assert capsys.readouterr().out == once


def test_a_finding_whose_message_quotes_several_lines_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    source = 'variable "a" {\n  description = <<E\none\ntwo\nE\n  type = string\n}\n'
    (tmp_path / "main.tf").write_text(source)
    main([str(tmp_path)])
    assert all(line.startswith(str(tmp_path)) for line in capsys.readouterr().out.splitlines())


@pytest.mark.parametrize("rule", catalogue(), ids=lambda rule: rule.id)
def test_the_list_of_rules_tells_all_of_each(
    rule: Rule, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--rules"])
    entry = f"{rule.id} ({rule.severity})\n    {rule.why}\n    Source: {rule.source}\n"
    assert entry in capsys.readouterr().out
