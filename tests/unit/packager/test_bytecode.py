"""Bytecode: for the imported modules, valid whatever the mtimes, none of the machine in it."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.unit.packager.conftest import HANDLER, without_interpreter

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.packager.conftest import PackageIndex, Project


def loaded(interpreter: Path, folder: Path, statement: str) -> str:
    """Run `statement` in an unpacked zip, as Lambda's interpreter would; return what it prints."""
    command = [str(interpreter), "-I", "-c", f"import sys; sys.path.insert(0, '.'); {statement}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_imported_modules_have_bytecode_and_the_others_have_none(project: Project) -> None:
    project.function(source=f"import rules\n{HANDLER}")
    project.write("functions/orders/rules.py")
    project.write("functions/orders/rare.py")
    project.built()
    assert project.bytecode() == [
        "__pycache__/app.cpython-313.pyc",
        "__pycache__/rules.cpython-313.pyc",
    ]


def test_the_imported_modules_of_a_dependency_have_bytecode(
    project: Project, index: PackageIndex
) -> None:
    index.add("tiny", "1.0", {"tiny/__init__.py": "from tiny import a\n", "tiny/a.py": "",
                              "tiny/b.py": ""})  # fmt: skip
    project.function(source=f"import tiny\n{HANDLER}", requirements="tiny\n")
    project.built()
    assert project.bytecode() == [
        "__pycache__/app.cpython-313.pyc",
        "tiny/__pycache__/__init__.cpython-313.pyc",
        "tiny/__pycache__/a.cpython-313.pyc",
    ]


def test_sources_stay_beside_the_bytecode(project: Project) -> None:
    project.function()
    project.built()
    assert project.files() == ["app.py"]


@pytest.fixture
def unpacked(project: Project) -> Path:
    """Return an unpacked zip whose source says otherwise than its bytecode, and is newer."""
    project.function(source=f"X = 'bytecode'\n{HANDLER}")
    project.built()
    folder = project.unpacked()
    (folder / "app.py").write_text("X = 'source'\n")
    os.utime(folder / "app.py", (2_000_000_000, 2_000_000_000))
    return folder


def test_the_bytecode_is_used_whatever_the_sources_mtime(unpacked: Path, interpreter: Path) -> None:
    assert loaded(interpreter, unpacked, "import app; print(app.X)") == "bytecode"


def test_the_source_is_used_where_there_is_no_bytecode(unpacked: Path, interpreter: Path) -> None:
    shutil.rmtree(unpacked / "__pycache__")
    assert loaded(interpreter, unpacked, "import app; print(app.X)") == "source"


def test_the_bytecode_is_of_the_unchecked_hash_kind(unpacked: Path) -> None:
    data = (unpacked / "__pycache__/app.cpython-313.pyc").read_bytes()
    assert int.from_bytes(data[4:8], "little") == 0b01


def test_the_bytecode_names_the_file_as_lambda_has_it(unpacked: Path, interpreter: Path) -> None:
    statement = (
        "import marshal; code = marshal.loads(open('__pycache__/app.cpython-313.pyc', 'rb')"
        ".read()[16:]); print({c.co_filename for c in [code, *code.co_consts] "
        "if hasattr(c, 'co_filename')})"
    )
    assert loaded(interpreter, unpacked, statement) == "{'/var/task/app.py'}"


def test_the_bytecode_carries_the_hash_of_its_source(project: Project, interpreter: Path) -> None:
    project.function()
    project.built()
    statement = (
        "import importlib.util as u; print(u.source_hash(open('app.py', 'rb').read()) == "
        "open('__pycache__/app.cpython-313.pyc', 'rb').read()[8:16])"
    )
    assert loaded(interpreter, project.unpacked(), statement) == "True"


@pytest.fixture
def without(project: Project, index: PackageIndex) -> tuple[Project, str]:
    """Return a project that was built without an interpreter, and what the packager said."""
    index.add("tiny", "1.0", {"tiny.py": ""})
    project.function(source=f"import tiny\n{HANDLER}", requirements="tiny\n")
    project.interpreter = None
    return project, project.built(settings=without_interpreter(project)).err


def test_without_an_interpreter_the_zip_has_no_bytecode(without: tuple[Project, str]) -> None:
    assert without[0].bytecode() == []


def test_without_an_interpreter_the_manifest_says_so(without: tuple[Project, str]) -> None:
    assert without[0].manifest()["orders"]["bytecode"] is None


def test_without_an_interpreter_a_notice_says_what_is_lost(without: tuple[Project, str]) -> None:
    assert "notice: no Python 3.13 here: zips carry no bytecode" in without[1]


def test_an_interpreter_that_comes_later_builds_again(
    without: tuple[Project, str], interpreter: Path
) -> None:
    project, _ = without
    project.interpreter = interpreter
    project.built()
    assert project.manifest()["orders"]["bytecode"]["modules"] == 2
