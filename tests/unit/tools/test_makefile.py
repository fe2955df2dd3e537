"""The front door: every target is told of, and a missing thing is told with its mend."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.copies import run
from tools import setup
from tools.demo import __main__ as demo
from tools.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

MAKEFILE = (ROOT / "Makefile").read_text()


def make(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return run(ROOT, "make", *arguments, **environment)


def test_help_lists_every_target_on_one_line() -> None:
    phony = {name for line in re.findall(r"^\.PHONY:(.*)$", MAKEFILE, re.MULTILINE)
             for name in line.split()}  # fmt: skip
    listed = re.findall(r"^  ([a-z0-9-]+) +\S", make("help").stdout, re.MULTILINE)
    assert sorted(listed) == sorted(phony)


def test_make_alone_is_help() -> None:
    assert make().stdout == make("help").stdout


@pytest.mark.parametrize("target", ["plan", "apply", "drift", "destroy"])
def test_an_environment_target_without_env_names_the_choices(target: str) -> None:
    done = make(target)
    assert done.returncode != 0
    assert "name one as ENV=dev" in done.stderr


def test_a_target_for_a_local_aws_that_does_not_run_says_make_up(tmp_path: Path) -> None:
    done = make("destroy", "ENV=local", LOCAL_AWS_HOME=str(tmp_path))
    assert done.returncode != 0
    assert "Start it: make up" in done.stderr


def test_setup_looks_again_when_it_is_asked_for() -> None:
    """What it told somebody to install may be there by now."""
    assert "tools/setup.py" in make("-n", "setup").stdout


def test_the_demo_without_lambdas_python_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "LOCAL_AWS_ENVIRONMENT", tmp_path)
    assert demo.main() == 1
    said = capsys.readouterr().err
    assert f"uv python install {setup.LAMBDA_PYTHON}" in said
    assert "then make setup" in said


def test_zips_are_packaged_where_there_is_no_python_of_lambdas_version(tmp_path: Path) -> None:
    there, missing = tmp_path / "python3.13", tmp_path / "python3.99"
    there.touch()
    assert "--interpreter" in make("-n", "package", f"LAMBDA_PY={there}").stdout
    assert "--interpreter" not in make("-n", "package", f"LAMBDA_PY={missing}").stdout


def test_lambdas_python_is_that_of_the_environments() -> None:
    name = re.search(r"^LAMBDA_PY := \.venv-local-aws/bin/python(\S+)$", MAKEFILE, re.MULTILINE)
    assert name
    assert name[1] == setup.LAMBDA_PYTHON


def test_too_old_a_python_is_told_with_the_mend(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    source = (ROOT / "tools" / "setup.py").read_text()
    check = source[source.index("if sys.version_info") : source.index("ROOT = ")]
    script = "import sys; sys.version_info = (3, 9); sys.version = '3.9.2 (x)'\n" + check
    done = subprocess.run(["python3", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "make setup PYTHON=" in done.stderr
