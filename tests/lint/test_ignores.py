from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tools.lint.check import check

if TYPE_CHECKING:
    from pathlib import Path

VERSIONS = """\
terraform {
  required_version = ">= 1.11"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}
"""
REASON = "every user knows it"


def findings(folder: Path, source: str) -> list[tuple[int, str, str]]:
    (folder / "main.tf").write_text(source)
    (folder / "versions.tf").write_text(VERSIONS)
    found, unchecked, _ = check([folder])
    assert not unchecked
    return [(finding.line, finding.rule, finding.message) for finding in found]


@pytest.mark.parametrize(
    "source",
    [
        f'resource "a_b" "this" {{}} # lint:ignore no-this-label {REASON}\n',
        f'# lint:ignore no-this-label {REASON}\nresource "a_b" "this" {{}}\n',
        f'// lint:ignore no-this-label {REASON}\nresource "a_b" "this" {{}}\n',
        f'# lint:ignore no-this-label {REASON}\n# of old\nresource "a_b" "this" {{}}\n',
    ],
)
def test_a_comment_on_or_above_the_line_lets_a_finding_stand(tmp_path: Path, source: str) -> None:
    assert findings(tmp_path, source) == []


def test_a_comment_on_the_line_above_with_code_is_for_that_code(tmp_path: Path) -> None:
    source = f'locals {{}} # lint:ignore no-this-label {REASON}\nresource "a_b" "this" {{}}\n'
    assert [line for line, _, _ in findings(tmp_path, source)] == [1, 2]


def test_a_comment_above_an_empty_line_ignores_nothing(tmp_path: Path) -> None:
    source = f'# lint:ignore no-this-label {REASON}\n\nresource "a_b" "this" {{}}\n'
    assert [rule for _, rule, _ in findings(tmp_path, source)] == ["lint-ignore", "no-this-label"]


def test_two_comments_ignore_two_rules_of_one_line(tmp_path: Path) -> None:
    source = (
        f"# lint:ignore no-this-label {REASON}\n"
        f"# lint:ignore banned-resource {REASON}\n"
        'resource "null_resource" "this" {}\n'
    )
    assert findings(tmp_path, source) == []


def test_another_rule_on_the_same_line_is_still_found(tmp_path: Path) -> None:
    source = f'resource "null_resource" "this" {{}} # lint:ignore no-this-label {REASON}\n'
    assert [rule for _, rule, _ in findings(tmp_path, source)] == ["banned-resource"]


def test_a_comment_without_a_reason_ignores_nothing_and_is_a_finding(tmp_path: Path) -> None:
    assert findings(tmp_path, 'resource "a_b" "this" {} # lint:ignore no-this-label\n') == [
        (1, "lint-ignore", "the ignore of no-this-label gives no reason"),
        (1, "no-this-label", "resource a_b.this is labelled this"),
    ]


def test_a_comment_that_ignores_nothing_is_a_finding(tmp_path: Path) -> None:
    assert findings(tmp_path, f"# lint:ignore no-this-label {REASON}\nlocals {{}}\n") == [
        (1, "lint-ignore", "line 2 does not break no-this-label"),
    ]


@pytest.mark.parametrize("rule", ["no-such-rule", ""])
def test_a_comment_that_names_no_rule_is_a_finding(tmp_path: Path, rule: str) -> None:
    assert findings(tmp_path, f"locals {{}} # lint:ignore {rule}\n") == [
        (1, "lint-ignore", f'"{rule}" is no rule'),
    ]


def test_a_comment_in_a_string_is_text(tmp_path: Path) -> None:
    source = (
        'output "a" {\ndescription = "# lint:ignore x y."\nvalue = <<E\n# lint:ignore x y\nE\n}\n'
    )
    assert findings(tmp_path, source) == []
