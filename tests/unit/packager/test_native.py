"""Native modules: Lambda's build ships, this machine's is kept for the check and the local AWS."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.unit.packager.conftest import HANDLER

if TYPE_CHECKING:
    from tests.unit.packager.conftest import PackageIndex, Project

FOREIGN = b"\x7fELF of another machine"
FOREIGN_MODULE = "fast/_heapq.cpython-313-aarch64-linux-gnu.so"
SOURCE = f"from fast import fastest\nassert fastest\n{HANDLER}"
PURE = "from fast._heapq import heappush as fastest\n"

QUESTION = """
import importlib.machinery, json, sys, sysconfig, _heapq
print(json.dumps([getattr(_heapq, "__file__", ""), importlib.machinery.EXTENSION_SUFFIXES[0],
                  f"{sys.implementation.cache_tag}-{sysconfig.get_platform()}"]))
"""


@pytest.fixture(scope="module")
def host(interpreter: Path) -> tuple[bytes, str, str]:
    """Return a native module of the standard library, how its name ends, and the machine's tag."""
    asked = subprocess.run([interpreter, "-I", "-c", QUESTION], capture_output=True, check=True)
    path, suffix, tag = json.loads(asked.stdout)
    return Path(path).read_bytes(), suffix, tag


def platform_of(tag: str) -> str:
    """Return what a wheel for the machine of `tag` is for."""
    machine = tag.partition("-")[2].partition("-")[2].replace("-", "_").replace(".", "_")
    if machine.startswith("linux"):
        machine = machine.replace("linux", "manylinux_2_17")
    return machine


@pytest.fixture
def native(project: Project, index: PackageIndex, host: tuple[bytes, str, str]) -> Project:
    """Return a project with a dependency that has one wheel for Lambda and one for this machine."""
    module, suffix, tag = host
    index.add("fast", "1.0", {"fast/__init__.py": PURE, FOREIGN_MODULE: FOREIGN},
              tag="cp313-cp313-manylinux_2_28_aarch64")  # fmt: skip
    index.add("fast", "1.0", {"fast/__init__.py": PURE, f"fast/_heapq{suffix}": module},
              tag=f"cp313-cp313-{platform_of(tag)}")  # fmt: skip
    project.function(source=SOURCE, requirements="fast\n")
    return project


def test_lambdas_build_ships_and_this_machines_does_not(native: Project) -> None:
    native.built()
    modules = [name for name in native.files() if name.endswith(".so")]
    assert modules == [FOREIGN_MODULE]


def test_the_handler_is_imported_with_this_machines_build(native: Project) -> None:
    native.function(source=f"from fast import nothing\n{HANDLER}", requirements="fast\n")
    assert "cannot import name 'nothing'" in native.package().err


def test_this_machines_build_is_kept_under_the_digest_of_lambdas(
    native: Project, host: tuple[bytes, str, str]
) -> None:
    native.built()
    module, suffix, tag = host
    store = native.root / ".cache/packager/native" / tag / hashlib.sha256(FOREIGN).hexdigest()
    assert {path.name: path.read_bytes() for path in store.iterdir()} == {f"_heapq{suffix}": module}


def test_a_lost_native_store_comes_back(native: Project, host: tuple[bytes, str, str]) -> None:
    native.built()
    store = native.root / ".cache/packager/native" / host[2]
    for path in sorted(store.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    native.built()
    assert len(list(store.rglob(f"_heapq{host[1]}"))) == 1


def test_dependencies_sources_have_bytecode_all_the_same(native: Project) -> None:
    native.built()
    assert "fast/__pycache__/__init__.cpython-313.pyc" in native.bytecode()


def test_a_source_that_is_not_the_same_on_this_machine_has_the_bytecode_of_the_one_that_ships(
    project: Project, index: PackageIndex, host: tuple[bytes, str, str]
) -> None:
    module, suffix, tag = host
    package = "from fast import built_for\nfrom fast._heapq import heappush\n"
    index.add("fast", "1.0", {"fast/__init__.py": package, FOREIGN_MODULE: FOREIGN,
                              "fast/built_for.py": "CPU = 'aarch64'\n"},
              tag="cp313-cp313-manylinux_2_28_aarch64")  # fmt: skip
    index.add("fast", "1.0", {"fast/__init__.py": package, f"fast/_heapq{suffix}": module,
                              "fast/built_for.py": "CPU = 'of here'\n"},
              tag=f"cp313-cp313-{platform_of(tag)}")  # fmt: skip
    project.function(
        source=f"import fast\nassert fast.built_for.CPU == 'of here'\n{HANDLER}",
        requirements="fast\n",
    )
    project.built()
    pyc = project.unpacked() / "fast/__pycache__/built_for.cpython-313.pyc"
    assert b"aarch64" in pyc.read_bytes()


def test_the_lock_serves_both_architectures(native: Project, index: PackageIndex) -> None:
    native.built()
    lock = (native.root / "functions/orders/requirements.lock").read_text()
    assert lock.count("--hash=sha256:") == len(list((index.folder / "fast").glob("*.whl")))


@pytest.fixture
def foreign_only(project: Project, index: PackageIndex) -> tuple[Project, str]:
    """Return a built project whose dependency has no wheel for this machine; what was said."""
    tag = "cp313-cp313-manylinux_2_28_aarch64"
    files: dict[str, str | bytes] = {
        "fast/__init__.py": PURE,
        "fast/rare.py": "",
        "fast/_heapq.so": FOREIGN,
    }
    index.add("fast", "1.0", files, tag=tag)
    index.add("fast", "1.0", {"x.py": ""}, tag="cp313-cp313-win32")
    project.function(source=SOURCE, requirements="fast\n")
    return project, project.built().err


def test_without_a_wheel_for_this_machine_a_notice_says_so(
    foreign_only: tuple[Project, str],
) -> None:
    assert "notice: orders: no wheels of its dependencies for this machine" in foreign_only[1]


def test_without_a_wheel_for_this_machine_bytecode_is_of_the_imports_that_can_be_read(
    foreign_only: tuple[Project, str],
) -> None:
    assert foreign_only[0].bytecode() == [
        "__pycache__/app.cpython-313.pyc",
        "fast/__pycache__/__init__.cpython-313.pyc",
    ]
