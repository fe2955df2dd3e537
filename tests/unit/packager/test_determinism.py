"""Zips are the same bytes whoever builds them, wherever, whenever."""

from __future__ import annotations

import io
import os
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.unit.packager.conftest import HANDLER, ROOT
from tools.packager.archive import compress, zip_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.packager.conftest import PackageIndex, Project

SOURCE = f"import tiny, order\nNAMES = {{'a', 'b', 'c'}}\n{HANDLER}"


@pytest.fixture
def sample(project: Project, index: PackageIndex) -> Project:
    """Return a project with a shared module and a dependency with a console script, locked."""
    index.add(
        "tiny",
        "1.0",
        {
            "tiny/__init__.py": "X = frozenset({'x', 'y'})\n",
            "tiny-1.0.data/scripts/tiny": "#!python\n",
        },
    )
    project.function(source=SOURCE, requirements="tiny\n")
    project.write("functions/orders/b.json", "{}")
    project.write("functions/orders/a.json", "{}")
    project.write("shared/order.py", "def total(): return 1\n")
    project.built()
    return project


def test_another_checkout_path_changes_nothing(sample: Project, tmp_path: Path) -> None:
    other = sample.copy(tmp_path / "elsewhere" / "deep")
    other.built()
    assert other.zip() == sample.zip()


def test_another_umask_changes_nothing(sample: Project, tmp_path: Path) -> None:
    other = sample.copy(tmp_path / "second")
    other.built(umask=0o077)
    assert other.zip() == sample.zip()


def test_file_modes_change_nothing(sample: Project, tmp_path: Path) -> None:
    other = sample.copy(tmp_path / "second")
    (other.root / "functions/orders/app.py").chmod(0o755)
    other.built()
    assert other.zip() == sample.zip()


def test_mtimes_change_nothing(sample: Project, tmp_path: Path) -> None:
    other = sample.copy(tmp_path / "second")
    for path in (other.root / "functions").rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    other.built()
    assert other.zip() == sample.zip()


def test_the_order_of_the_directory_changes_nothing(sample: Project, tmp_path: Path) -> None:
    other = sample.copy(tmp_path / "second")
    folder = other.root / "functions/orders"
    names = sorted((path.name for path in folder.iterdir()), reverse=True)
    content = {name: (folder / name).read_bytes() for name in names}
    for name in names:
        (folder / name).unlink()
    for name in names:
        (folder / name).write_bytes(content[name])
    other.built()
    assert other.zip() == sample.zip()


@pytest.mark.parametrize(
    "setting",
    [
        {"TZ": "Pacific/Kiritimati"},
        {"SOURCE_DATE_EPOCH": "1"},
        {"PYTHONOPTIMIZE": "2"},
        {"PYTHONHASHSEED": "7"},
        {"PYTHONDONTWRITEBYTECODE": "1"},
        {"PIP_INDEX_URL": "https://nowhere.invalid/index", "PIP_NO_BINARY": ":all:"},
        {"UV_COMPILE_BYTECODE": "1", "UV_LINK_MODE": "symlink", "UV_NO_BINARY": "1"},
        {"LC_ALL": "C", "LANG": "tr_TR.UTF-8"},
    ],
    ids=lambda setting: next(iter(setting)),
)
def test_the_builders_environment_changes_nothing(
    sample: Project, tmp_path: Path, setting: dict[str, str]
) -> None:
    other = sample.copy(tmp_path / "second")
    other.built(settings=setting)
    assert other.zip() == sample.zip()


def test_caches_that_python_left_change_nothing(sample: Project, tmp_path: Path) -> None:
    other = sample.copy(tmp_path / "second")
    other.write("functions/orders/__pycache__/app.cpython-313.pyc", b"stale")
    other.built()
    assert other.zip() == sample.zip()


def test_a_build_from_a_warm_cache_is_a_build_from_a_cold_one(
    sample: Project, tmp_path: Path
) -> None:
    app = sample.root / "functions/orders/app.py"
    app.write_text(SOURCE + "\n# another\n")
    sample.built()
    other = sample.copy(tmp_path / "second")
    other.built()
    assert other.zip() == sample.zip()


def test_no_path_of_the_machine_is_in_a_zip(sample: Project) -> None:
    traces = (str(sample.root).encode(), str(ROOT).encode())
    files = [path for path in sample.unpacked().rglob("*") if path.is_file()]
    assert not [path for path in files if any(trace in path.read_bytes() for trace in traces)]


def test_the_manifest_is_the_same_in_another_checkout(sample: Project, tmp_path: Path) -> None:
    other = sample.copy(tmp_path / "second")
    other.built()
    manifests = [(p.root / "dist/manifest.json").read_bytes() for p in (sample, other)]
    assert manifests[0] == manifests[1]


@pytest.mark.parametrize("bare", [False, True])
def test_bytecode_is_the_same_however_busy_the_process_that_compiles(
    interpreter: Path, tmp_path: Path, *, bare: bool
) -> None:
    source = tmp_path / "m.py"
    source.write_text(
        "def f(a, b=('x', 1.5)):\n    return {'x', 'yy'} | {a.some_name, 'f', 10**9}\n"
    )
    program = (
        "import sys; sys.path.insert(0, {root!r})\n{busy}\n"
        "from tools.packager.target.compiler import compile_file\n"
        "sys.stdout.buffer.write(compile_file({path!r}, 'm.py', bare={bare})['bytecode'])"
    )
    busy = "import json, asyncio; held = (1.5, 'some_name', 'yy', 10**9)"
    settings = {"root": str(ROOT), "path": str(source), "bare": bare}
    written = [
        subprocess.run(
            [interpreter, "-c", program.format(busy=b, **settings)],
            capture_output=True, check=True,
        ).stdout
        for b in ("", busy)
    ]  # fmt: skip
    assert written[0] == written[1] != b""


def test_a_zip_holds_one_date_one_mode_and_no_extra_fields() -> None:
    with zipfile.ZipFile(
        io.BytesIO(zip_bytes([compress("b", b"b" * 99), compress("a", b"")]))
    ) as z:
        facts = [(i.filename, i.date_time, i.external_attr >> 16, i.extra) for i in z.infolist()]
    assert facts == [
        ("a", (1980, 1, 1, 0, 0, 0), 0o100644, b""),
        ("b", (1980, 1, 1, 0, 0, 0), 0o100644, b""),
    ]


def test_a_zip_gives_back_what_went_in() -> None:
    content = {"a.txt": b"a" * 1000, "ü/b": os.urandom(500), "empty": b""}
    with zipfile.ZipFile(io.BytesIO(zip_bytes(compress(*i) for i in content.items()))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == content
