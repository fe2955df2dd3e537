"""The lock, the manifest and what is printed."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import pty
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.packager.conftest import PackageIndex, Project


@pytest.fixture
def locked(project: Project, index: PackageIndex) -> Project:
    """Return a project with a dependency that has one of its own."""
    index.add("small", "2.0", {"small.py": ""})
    index.add("tiny", "1.0", {"tiny.py": ""}, requires=("small>=1",))
    project.function(requirements="tiny\n")
    return project


def test_a_line_has_the_hash_of_the_zip(project: Project) -> None:
    project.function()
    project.built()
    assert project.manifest()["orders"]["sha256"] == hashlib.sha256(project.zip()).hexdigest()


def test_a_line_has_the_hash_as_aws_gives_it(project: Project) -> None:
    project.function()
    project.built()
    digest = base64.b64encode(hashlib.sha256(project.zip()).digest()).decode()
    assert project.manifest()["orders"]["source_code_hash"] == digest


def test_a_line_has_the_sizes_and_the_number_of_files(project: Project) -> None:
    project.function()
    project.built()
    line = project.manifest()["orders"]
    with zipfile.ZipFile(project.root / "dist/orders.zip") as archive:
        inside = archive.infolist()
    assert (line["zip_bytes"], line["unzipped_bytes"], line["files"]) == (
        len(project.zip()), sum(info.file_size for info in inside), len(inside),
    )  # fmt: skip


def test_a_line_has_the_target_and_the_compiler(project: Project) -> None:
    project.function()
    project.built()
    line = project.manifest()["orders"]
    assert (line["architecture"], line["runtime"], line["bytecode"]["modules"]) == (
        "arm64", "python3.13", 1,
    )  # fmt: skip
    assert line["bytecode"]["compiler"].startswith("cpython 3.13.")


def test_a_line_has_what_is_installed(locked: Project) -> None:
    locked.built()
    assert locked.manifest()["orders"]["requirements"] == ["small==2.0", "tiny==1.0"]


def test_each_function_is_one_line_and_they_are_sorted(project: Project) -> None:
    for name in ("c", "a", "b"):
        project.function(name)
    project.built()
    lines = (project.root / "dist/manifest.json").read_text().splitlines()
    assert [json.loads(f"{{{line.strip(' ,')}}}").keys() for line in lines[2:-2]] == [
        {"a": 1}.keys(), {"b": 1}.keys(), {"c": 1}.keys(),
    ]  # fmt: skip


def test_a_manifest_that_stays_the_same_is_not_written_again(project: Project) -> None:
    project.function()
    project.built()
    before = (project.root / "dist/manifest.json").stat().st_mtime_ns
    project.built()
    assert (project.root / "dist/manifest.json").stat().st_mtime_ns == before


def test_a_missing_lock_is_made_and_said(locked: Project) -> None:
    assert "functions/orders/requirements.lock was missing and is made" in locked.built().err


def test_a_lock_names_what_it_came_from_and_nothing_of_the_machine(locked: Project) -> None:
    locked.built()
    lock = (locked.root / "functions/orders/requirements.lock").read_text()
    digest = hashlib.sha256(b"tiny\n").hexdigest()
    assert lock.startswith(
        "# Made by make package for Python 3.13; do not edit.\n"
        f"# requirements.txt sha256: {digest}\n"
    )
    assert str(locked.root) not in lock
    assert "://" not in lock


def test_a_lock_that_fits_is_left_alone(locked: Project) -> None:
    locked.built()
    assert locked.built("--locked").err == ""


def test_a_stale_lock_is_made_again_and_keeps_its_pins(
    locked: Project, index: PackageIndex
) -> None:
    locked.built()
    index.add("small", "3.0", {"small.py": ""})
    locked.write("functions/orders/requirements.txt", "tiny>=1\n")
    assert "was stale and is made" in locked.built().err
    assert "small==2.0" in (locked.root / "functions/orders/requirements.lock").read_text()


def test_requirements_that_are_only_comments_need_no_lock(project: Project) -> None:
    project.function(requirements="# nothing yet\n")
    project.built()
    assert not (project.root / "functions/orders/requirements.lock").exists()


def test_a_folder_with_nothing_but_caches_is_no_function(project: Project) -> None:
    project.function()
    project.write("functions/gone/__pycache__/app.cpython-313.pyc")
    project.built()
    assert list(project.manifest()) == ["orders"]


def test_a_plain_output_has_one_line_a_function(project: Project) -> None:
    project.function("orders")
    project.function("billing")
    lines = project.built().out.splitlines()
    assert sorted(line.split()[0] for line in lines[:-1]) == ["billing", "orders"]
    assert "\x1b" not in "".join(lines)


def test_a_terminal_sees_its_lines_redrawn(project: Project) -> None:
    project.function()
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        project.command(), cwd=project.root, env=project.environment({}), stdout=theirs
    )
    process.wait()
    os.close(theirs)
    seen = os.read(ours, 100_000).decode()
    os.close(ours)
    assert "waiting" in seen
    assert "\x1b[1A\x1b[2K" in seen
    assert "built" in seen
