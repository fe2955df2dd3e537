"""The folder of terraform-aws-modules: what is taken from it, and what is said of a wrong one."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.bench import peer_modules
from tests.bench.benchmarks import terraform
from tests.bench.harness import BenchError

if TYPE_CHECKING:
    from pathlib import Path

MAIN = """\
locals {
  name = try(data.external.archive_prepare[0].result.filename, null)
}

resource "aws_lambda_function" "this" {
  depends_on = [
    null_resource.archive,
    aws_s3_object.lambda_package,
  ]
}

resource "null_resource" "more" {
  triggers = {
    path = data.external.archive_prepare[0].result.filename
  }
}
"""
PROVIDERS = """\
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
    external = {
      source = "hashicorp/external"
    }
    null = {
      source = "hashicorp/null"
    }
  }
}
"""
CERTIFICATES = (
    'module "acm" {\n  source  = "terraform-aws-modules/acm/aws"\n  version = "5.0.1"\n}\n'
)


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "from"
    for name, version in peer_modules.VERSIONS.items():
        (folder / name).mkdir(parents=True)
        changes = f"# Changelog\n\n## [{version}](compare) (2025-06-19)\n\n## [0.1.0](compare)\n"
        (folder / name / "CHANGELOG.md").write_text(changes)
    of_lambda = folder / "terraform-aws-lambda"
    (of_lambda / "main.tf").write_text(MAIN)
    (of_lambda / "outputs.tf").write_text("  depends_on = [null_resource.archive, local.more]\n")
    (of_lambda / "package.tf").write_text('data "external" "archive_prepare" {}\n')
    (of_lambda / "versions.tf").write_text(PROVIDERS)
    (folder / "terraform-aws-apigateway-v2" / "main.tf").write_text(CERTIFICATES)
    monkeypatch.setenv(peer_modules.VARIABLE, str(folder))
    return folder


def test_without_the_variable_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(peer_modules.VARIABLE, raising=False)
    assert peer_modules.folder() is None


def test_a_folder_with_all_of_them_is_taken(source: Path) -> None:
    assert peer_modules.folder() == source


def test_another_version_is_refused_with_the_mend(source: Path) -> None:
    (source / "terraform-aws-sqs" / "CHANGELOG.md").write_text("## [5.2.1](compare)\n")
    with pytest.raises(BenchError, match=r"sqs is 5\.2\.1, and 4\.3\.1 is wanted.*peer_modules"):
        peer_modules.folder()


def test_one_that_is_missing_is_named(source: Path) -> None:
    (source / "terraform-aws-acm" / "CHANGELOG.md").unlink()
    with pytest.raises(BenchError, match="terraform-aws-acm is missing"):
        peer_modules.folder()


def test_what_is_there_is_not_cloned_and_what_is_missing_is_by_its_tag(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[list[object]] = []
    monkeypatch.setattr(subprocess, "run", lambda command, **_: commands.append(command))
    shutil.rmtree(source / "terraform-aws-sns")
    peer_modules.clone(source)
    (command,) = commands
    assert command[-4:-1] == [
        "--branch", "v6.2.1", "https://github.com/terraform-aws-modules/terraform-aws-sns",
    ]  # fmt: skip
    assert command[-1] == source / "terraform-aws-sns"


def test_with_the_registry_they_are_copied_as_they_are(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peer_modules, "registry_answers", lambda: True)
    assert not peer_modules.copy(source, tmp_path / "to")
    assert (tmp_path / "to" / "terraform-aws-lambda" / "main.tf").read_text() == MAIN


class TestWithoutTheRegistry:
    @pytest.fixture
    def copied(self, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setattr(peer_modules, "registry_answers", lambda: False)
        assert peer_modules.copy(source, tmp_path / "to")
        return tmp_path / "to"

    def test_nothing_of_the_packaging_is_left(self, copied: Path) -> None:
        of_lambda = copied / "terraform-aws-lambda"
        texts = [path.read_text() for path in of_lambda.glob("*.tf")]
        assert len(texts) == 3
        assert not [t for t in texts if "external" in t or "null_resource" in t]

    def test_what_was_beside_it_stays(self, copied: Path) -> None:
        of_lambda = copied / "terraform-aws-lambda"
        assert "    aws_s3_object.lambda_package,\n" in (of_lambda / "main.tf").read_text()
        assert "name = try(null, null)" in (of_lambda / "main.tf").read_text()
        assert "[local.more]" in (of_lambda / "outputs.tf").read_text()
        assert "hashicorp/aws" in (of_lambda / "versions.tf").read_text()

    def test_certificates_come_from_the_folder(self, copied: Path) -> None:
        text = (copied / "terraform-aws-apigateway-v2" / "main.tf").read_text()
        assert text == 'module "acm" {\n  source = "../terraform-aws-acm"\n}\n'


def test_a_module_that_has_changed_is_told_by_name(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peer_modules, "registry_answers", lambda: False)
    (source / "terraform-aws-lambda" / "outputs.tf").write_text("\n")
    with pytest.raises(BenchError, match=r"outputs\.tf of terraform-aws-lambda has nothing like"):
        peer_modules.copy(source, tmp_path / "to")


def test_lines_are_counted_without_comments_and_empty_ones(tmp_path: Path) -> None:
    path = tmp_path / "main.tf"
    path.write_text('# why\n\nmodule "one" {\n  # more\n  name = "a" # b\n}\n')
    assert terraform.lines(path) == 3
