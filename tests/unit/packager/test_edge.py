"""Functions for Lambda@Edge: a folder of their own, x86_64 and a smaller zip, whatever else is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.unit.packager.conftest import HANDLER, without_interpreter
from tests.unit.packager.test_bytecode import loaded

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.packager.conftest import Project


@pytest.fixture
def edge(project: Project) -> Project:
    """Return a project with a function, and one for the edge beside it."""
    project.function()
    project.write("signer/app.py", HANDLER)
    return project


def test_an_edge_function_is_built_beside_the_others(edge: Project) -> None:
    edge.built("--edge=signer")
    assert edge.files("orders") == ["app.py"]
    assert edge.files("signer") == ["app.pyc"]
    assert sorted(edge.manifest()) == ["orders", "signer"]


def test_an_edge_function_is_bytecode_alone_where_it_is_imported(edge: Project) -> None:
    edge.write("signer/rules.py")
    edge.write("signer/rare.py")
    edge.write("signer/data.txt", "data")
    edge.write("signer/app.py", f"import rules\n{HANDLER}")
    edge.built("--edge=signer")
    assert edge.files("signer") == ["app.pyc", "data.txt", "rare.py", "rules.pyc"]
    assert edge.bytecode("signer") == []


def test_an_edge_function_has_sources_where_there_is_no_interpreter(edge: Project) -> None:
    edge.interpreter = None
    edge.built("--edge=signer", settings=without_interpreter(edge))
    assert edge.files("signer") == ["app.py"]


BARE = '''
"""A docstring that is worth its bytes."""
import traceback

LIMITS: "dict[str, int]" = {"a": 1}

def handler(event: "a long annotation", context: object) -> "and what comes back":
    """Another docstring."""
    try:
        assert event, "that it is there"
        return broken(event)
    except ValueError:
        return traceback.format_exc()

def broken(event):
    raise ValueError("broken")
'''


def test_what_an_edge_function_does_not_need_stays_behind(edge: Project, interpreter: Path) -> None:
    edge.write("signer/app.py", BARE)
    edge.built("--edge=signer")
    folder = edge.unpacked("signer")
    code = (folder / "app.pyc").read_bytes()
    for text in (b"docstring", b"a long annotation", b"comes back", b"that it is there"):
        assert text not in code
    # It runs, and tracebacks still name where they were, if not the line.
    said = loaded(interpreter, folder, "import app; print(app.LIMITS, app.handler({}, None))")
    assert said.startswith("{'a': 1} Traceback")
    assert 'File "/var/task/app.py", line None, in broken' in said
    assert said.endswith("ValueError: broken")


def test_the_bytecode_of_an_edge_function_is_the_same_bytes_elsewhere(
    edge: Project, tmp_path: Path
) -> None:
    edge.write("signer/app.py", f"{BARE}\nKINDS = lambda x: x in {{'a', 'b', 'c'}}\n")
    edge.built("--edge=signer")
    other = edge.copy(tmp_path / "elsewhere" / "deep")
    other.write("signer/app.py", (edge.root / "signer" / "app.py").read_text())
    other.built("--edge=signer")
    assert other.zip("signer") == edge.zip("signer")


@pytest.mark.parametrize("arch", ["arm64", "x86_64"])
def test_an_edge_function_is_x86_64_whatever_the_others_are(edge: Project, arch: str) -> None:
    edge.built("--edge=signer", f"--arch={arch}")
    lines = edge.manifest()
    assert lines["signer"]["architecture"] == "x86_64"
    assert lines["orders"]["architecture"] == arch


def test_an_edge_function_that_did_not_change_is_not_built_again(edge: Project) -> None:
    edge.built("--edge=signer")
    assert "2 unchanged" in edge.built("--edge=signer").out


def test_an_edge_function_can_be_built_alone(edge: Project) -> None:
    edge.built("--edge=signer", "signer")
    assert sorted(edge.manifest()) == ["signer"]


def test_an_edge_function_over_1_mb_is_refused(edge: Project) -> None:
    edge.write("signer/data.bin", os.urandom(1024 * 1024))
    done = edge.package("--edge=signer")
    assert done.code == 1
    assert "Lambda@Edge takes 1,048,576 bytes" in done.err
    assert "data.bin" in done.err


def test_another_function_may_be_larger(edge: Project) -> None:
    edge.write("functions/orders/data.bin", os.urandom(1024 * 1024))
    edge.built("--edge=signer")


def test_a_function_that_moves_to_the_edge_is_built_anew(edge: Project) -> None:
    edge.function("signer")
    (edge.root / "signer").rename(edge.root / "aside")
    # The same architecture and content: only where it runs differs.
    edge.built("--arch=x86_64")
    assert edge.files("signer") == ["app.py"]
    (edge.root / "functions" / "signer").rename(edge.root / "signer")
    assert "1 built, 1 unchanged" in edge.built("--arch=x86_64", "--edge=signer").out
    assert edge.files("signer") == ["app.pyc"]


def test_a_function_that_moves_back_from_the_edge_has_its_sources(edge: Project) -> None:
    edge.built("--arch=x86_64", "--edge=signer")
    (edge.root / "signer").rename(edge.root / "functions" / "signer")
    assert "1 built, 1 unchanged" in edge.built("--arch=x86_64").out
    assert edge.files("signer") == ["app.py"]
    assert edge.bytecode("signer") == ["__pycache__/app.cpython-313.pyc"]


def test_an_edge_folder_that_is_not_there_is_refused(edge: Project) -> None:
    done = edge.package("--edge=missing")
    assert done.code == 2
    assert "--edge missing is not a folder" in done.err


@pytest.mark.parametrize(
    ("folders", "said"),
    [
        (["elsewhere/orders"], "--edge elsewhere/orders: functions/orders has the same name"),
        (["signer", "elsewhere/signer"], "--edge elsewhere/signer: signer has the same name"),
    ],
)
def test_an_edge_folder_of_a_name_that_is_taken_is_refused(
    edge: Project, folders: list[str], said: str
) -> None:
    edge.write(f"{folders[-1]}/app.py", HANDLER)
    done = edge.package(*(f"--edge={folder}" for folder in folders))
    assert done.code == 2
    assert said in done.err
    assert "Rename one" in done.err
    assert not (edge.root / "dist").exists()
