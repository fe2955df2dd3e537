from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
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
    assert main(["--house", CLEAN, DIRTY]) == 1


def test_a_folder_that_cannot_be_checked_exits_with_2_whatever_else_is_found(
    tmp_path: Path,
) -> None:
    assert main([DIRTY, str(tmp_path)]) == 2


def test_a_finding_names_place_rule_message_and_fix(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(TWINS)
    main(["--house", "no-this-label/bad"])
    assert capsys.readouterr().out.splitlines()[0] == (
        "no-this-label/bad/main.tf:13 no-this-label data aws_region.this is labelled this"
        " — name it for what it is, such as dlq or consume"
    )


def test_a_finding_elsewhere_has_its_whole_path(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    main(["--house", DIRTY])
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
    main(["--house", DIRTY])
    once = capsys.readouterr().out
    main(["--house", DIRTY, DIRTY])
    assert capsys.readouterr().out == once


def test_a_finding_whose_message_quotes_several_lines_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    source = 'variable "a" {\n  description = <<E\none\ntwo\nE\n  type = string\n}\n'
    (tmp_path / "main.tf").write_text(source)
    main(["--house", str(tmp_path)])
    assert all(line.startswith(str(tmp_path)) for line in capsys.readouterr().out.splitlines())


@pytest.mark.parametrize("rule", catalogue(), ids=lambda rule: rule.id)
def test_the_list_of_rules_tells_all_of_each(
    rule: Rule, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--rules"])
    entry = f"{rule.id} ({rule.severity})\n    {rule.why}\n    Source: {rule.source}\n"
    assert entry in capsys.readouterr().out


PLANNED = TWINS / "queue-visibility" / "bad"


def test_the_customs_of_this_repository_are_no_rules_for_another() -> None:
    assert main([DIRTY]) == 0


def test_a_plan_is_linted_with_the_folder_that_was_planned() -> None:
    assert main([str(PLANNED), "--plan", str(PLANNED / "plan.json")]) == 1


def test_without_its_plan_a_folder_breaks_no_rule_on_plans() -> None:
    assert main([str(PLANNED)]) == 0


def test_a_finding_in_a_plan_names_the_line_of_the_resource(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(PLANNED)
    main([".", "--plan", "plan.json"])
    found = capsys.readouterr().out
    assert found.startswith("main.tf:17 queue-visibility aws_sqs_queue.in: hidden for 59 s")


@pytest.mark.parametrize("content", ["", "[]", "{}", "\0", '{"planned_values": {}}'])
def test_what_is_no_plan_is_not_checked(tmp_path: Path, content: str) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(content)
    assert main([CLEAN, "--plan", str(plan)]) == 2


def test_a_plan_that_is_not_there_is_not_checked(tmp_path: Path) -> None:
    assert main([CLEAN, "--plan", str(tmp_path / "plan.json")]) == 2


def test_sarif_has_the_place_of_a_finding(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--house", DIRTY, "--format", "sarif"])
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert run["results"][0]["ruleId"] == "no-this-label"
    assert place["region"] == {"startLine": 13}
    assert place["artifactLocation"]["uri"].endswith("no-this-label/bad/main.tf")


def test_sarif_says_what_could_not_be_checked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    main([str(tmp_path), "--format", "sarif"])
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    (invocation,) = run["invocations"]
    assert not invocation["executionSuccessful"]
    assert len(invocation["toolExecutionNotifications"]) == 1


def test_junit_fails_the_case_of_the_rule(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--house", DIRTY, "--format", "junit"])
    suite = ET.fromstring(capsys.readouterr().out)  # noqa: S314 (our own)
    failed = [case.get("name") for case in suite if case.find("failure") is not None]
    assert failed == ["no-this-label"]


def test_junit_has_an_error_for_what_could_not_be_checked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    main([str(tmp_path), "--format", "junit"])
    suite = ET.fromstring(capsys.readouterr().out)  # noqa: S314 (our own)
    assert suite.get("errors") == "1"


OPEN = Path(__file__).parent / "corpus" / "step-functions"


def test_a_module_that_is_not_there_is_not_checked(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('module "queue" {\n  source = "./queue"\n}\n')
    assert main([str(tmp_path)]) == 2


def test_a_module_that_cannot_be_read_is_not_checked(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "queue").mkdir()
    (tmp_path / "root" / "main.tf").write_text('module "queue" {\n  source = "../queue"\n}\n')
    (tmp_path / "queue" / "main.tf").write_text("locals {\n  a = = 1\n}\n")
    assert main([str(tmp_path / "root")]) == 2


def test_what_only_apply_will_tell_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    main([str(OPEN), "--plan", str(OPEN / "plan.json")])
    counted = r"\d+ checks open: value known only after apply \(--open lists them\)\n"
    assert re.fullmatch(counted, capsys.readouterr().out)


def test_what_only_apply_will_tell_is_no_finding() -> None:
    assert main([str(OPEN), "--plan", str(OPEN / "plan.json")]) == 0


def test_what_only_apply_will_tell_is_listed_when_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main([str(OPEN), "--plan", str(OPEN / "plan.json"), "--open"])
    listed = capsys.readouterr().out
    line = "open: asl-graph aws_sfn_state_machine.this: definition is known only after apply\n"
    assert line in listed


def test_sarif_notes_what_only_apply_will_tell(capsys: pytest.CaptureFixture[str]) -> None:
    main([str(OPEN), "--plan", str(OPEN / "plan.json"), "--format", "sarif"])
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    (invocation,) = run["invocations"]
    assert {note["level"] for note in invocation["toolExecutionNotifications"]} == {"note"}


def test_junit_prints_what_only_apply_will_tell(capsys: pytest.CaptureFixture[str]) -> None:
    main([str(OPEN), "--plan", str(OPEN / "plan.json"), "--format", "junit"])
    suite = ET.fromstring(capsys.readouterr().out)  # noqa: S314 (our own)
    assert "asl-graph aws_sfn_state_machine.this" in (suite.findtext("system-out") or "")
