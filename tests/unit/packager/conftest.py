"""A project in a temporary folder, a package index of tiny wheels beside it, and no network."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tools.interpreters import find_python

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[3]
HANDLER = "def handler(event, context):\n    return 'ok'\n"
# What the builder's own settings may be: none of them is to change a zip.
PLAIN = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
# A locale in which text is ASCII; by default Python reads UTF-8 in it.
ASCII = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}


def find_uv() -> str:
    """Return uv: the one on PATH, else the one of `make setup`."""
    found = shutil.which("uv") or shutil.which(ROOT / ".cache/uv-environment/bin/uv")
    assert found, "uv is neither on PATH nor made by make setup: run make setup"
    return found


class Done(NamedTuple):
    """A run of the packager."""

    code: int
    out: str
    err: str


class PackageIndex:
    """A package index in a folder, as of PEP 503."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.uv_cache = folder.with_name("uv-cache")

    def add(
        self,
        name: str,
        version: str,
        files: Mapping[str, str | bytes],
        *,
        tag: str = "py3-none-any",
        requires: tuple[str, ...] = (),
        fields: tuple[str, ...] = (),
    ) -> None:
        """Publish a wheel; `fields` are further lines of its METADATA."""
        normal = name.replace("-", "_")
        info = f"{normal}-{version}.dist-info"
        metadata = [
            "Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}",
            *(f"Requires-Dist: {wanted}" for wanted in requires), *fields, "", "About it.",
        ]  # fmt: skip
        content: dict[str, bytes] = {
            **{k: v.encode() if isinstance(v, str) else v for k, v in files.items()},
            f"{info}/METADATA": "\n".join(metadata).encode(),
            f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n".encode(),
        }
        record = "".join(
            f"{k},sha256={_unpadded(hashlib.sha256(v).digest())},{len(v)}\n"
            for k, v in content.items()
        )
        content[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
        project = self.folder / name
        project.mkdir(exist_ok=True)
        with zipfile.ZipFile(project / f"{normal}-{version}-{tag}.whl", "w") as wheel:
            for file, data in content.items():
                wheel.writestr(file, data)
        links = "".join(
            f'<a href="{path.name}#sha256={hashlib.sha256(path.read_bytes()).hexdigest()}">'
            f"{path.name}</a>\n"
            for path in sorted(project.glob("*.whl"))
        )
        (project / "index.html").write_text(f"<!DOCTYPE html><html><body>{links}</body></html>")


def _unpadded(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class Project:
    """A checkout with functions/ and shared/."""

    def __init__(self, root: Path, index: PackageIndex, interpreter: Path | None) -> None:
        self.root = root
        self.index = index
        self.interpreter = interpreter
        (root / "functions").mkdir(parents=True)
        (root / "shared").mkdir()

    def write(self, name: str, content: str | bytes = "") -> Path:
        """Write a file of the checkout."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def function(self, name: str = "orders", source: str = HANDLER, requirements: str = "") -> Path:
        """Write a function; return its folder."""
        self.write(f"functions/{name}/app.py", source)
        if requirements:
            self.write(f"functions/{name}/requirements.txt", requirements)
        return self.root / "functions" / name

    def command(self, *options: str) -> list[str]:
        """Return the command line of the packager."""
        given = [f"--uv={find_uv()}"]
        if self.interpreter:
            given.append(f"--interpreter={self.interpreter}")
        return [sys.executable, "-m", "tools.packager", *given, *options]

    def environment(self, extra: dict[str, str]) -> dict[str, str]:
        """Return the builder's environment, with the index in place of the network's."""
        uv = {"UV_DEFAULT_INDEX": self.index.folder.as_uri()}
        uv["UV_CACHE_DIR"] = str(self.index.uv_cache)
        return {**PLAIN, "PYTHONPATH": str(ROOT), **uv, **extra}

    def package(
        self, *options: str, umask: int = 0o022, settings: dict[str, str] | None = None
    ) -> Done:
        """Run the packager in a process of its own; `settings` are added to its environment."""
        done = subprocess.run(
            self.command(*options), cwd=self.root, env=self.environment(settings or {}), text=True,
            capture_output=True, check=False, umask=umask,
        )  # fmt: skip
        return Done(done.returncode, done.stdout, done.stderr)

    def built(
        self, *options: str, umask: int = 0o022, settings: dict[str, str] | None = None
    ) -> Done:
        """Run the packager, which is to succeed."""
        done = self.package(*options, umask=umask, settings=settings)
        assert done.code == 0, done.err
        return done

    def zip(self, name: str = "orders") -> bytes:
        """Return the bytes of a zip."""
        return (self.root / "dist" / f"{name}.zip").read_bytes()

    def files(self, name: str = "orders") -> list[str]:
        """Return the names in a zip, bytecode aside."""
        with zipfile.ZipFile(self.root / "dist" / f"{name}.zip") as archive:
            return [n for n in archive.namelist() if "__pycache__" not in n]

    def bytecode(self, name: str = "orders") -> list[str]:
        """Return the names of the bytecode in a zip."""
        with zipfile.ZipFile(self.root / "dist" / f"{name}.zip") as archive:
            return [n for n in archive.namelist() if "__pycache__" in n]

    def unpacked(self, name: str = "orders") -> Path:
        """Unpack a zip as Lambda does; return the folder."""
        folder = self.root / "task" / name
        with zipfile.ZipFile(self.root / "dist" / f"{name}.zip") as archive:
            archive.extractall(folder)
        return folder

    def manifest(self) -> dict[str, Any]:
        """Return the lines of the manifest."""
        lines: dict[str, Any] = json.loads((self.root / "dist/manifest.json").read_text())
        return dict(lines["functions"])

    def copy(self, to: Path) -> Project:
        """Return a second checkout with the same source and nothing built."""
        other = Project(to, self.index, self.interpreter)
        for name in ("functions", "shared"):
            shutil.copytree(self.root / name, to / name, dirs_exist_ok=True)
        return other


@pytest.fixture(scope="session")
def interpreter() -> Path:
    """An interpreter of Lambda's version."""
    found = find_python("3.13")
    if found is None:
        pytest.skip("no Python 3.13 here; uv python install 3.13 brings one")
    return found


@pytest.fixture
def index(tmp_path: Path) -> PackageIndex:
    """An empty package index."""
    return PackageIndex(tmp_path / "index")


@pytest.fixture
def project(tmp_path: Path, index: PackageIndex, interpreter: Path) -> Project:
    """An empty checkout."""
    return Project(tmp_path / "checkout", index, interpreter)


def without_interpreter(project: Project) -> dict[str, str]:
    """Return the environment of a machine on which no interpreter of the target is found."""
    nowhere = str(project.root / "nowhere")
    return {"PATH": "/bin", "HOME": nowhere, "PYENV_ROOT": nowhere, "XDG_DATA_HOME": nowhere}
