"""Packagers of six functions, each on a tree of its own: ours, and what others package with.

Each peer gets the versions that ours has locked, and a warm cache of downloads.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

from tests.bench.harness import ROOT, BenchError, process_time, timed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.bench.function_tree import Tree

BENCH = ROOT / ".venv-bench" / "bin"
ARCH = "aarch64"
_IN_TOOL = re.compile(r" in ([0-9.]+) s, ")


def environment() -> dict[str, str]:
    """Return the environment of the tools: the functions' Python and pip come first."""
    return {
        **os.environ,
        "PATH": f"{BENCH}:{os.environ['PATH']}",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONPATH": str(ROOT),
        "SAM_CLI_TELEMETRY": "0",
    }


class Packager(Protocol):
    """A tool that packages a tree."""

    tree: Tree

    def build(self) -> float:
        """Package what has changed; return the seconds."""

    def forget(self, *, cache: bool) -> None:
        """Remove what was built, and with `cache` all that the tool keeps of its own."""

    def contents(self) -> dict[str, str]:
        """Return a digest of what it has built, by function."""


class Ours:
    """``make package``, the whole process.

    Attributes
    ----------
    inside
        Of each build, the seconds from the first line of the packager to its last.
    """

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.inside: list[float] = []

    def build(self) -> float:
        """Run the packager."""
        python = ROOT / ".venv-local-aws" / "bin" / "python"
        command = [sys.executable, "-m", "tools.packager", "--interpreter", python]
        taken, printed = timed(command, cwd=self.tree.root, environment=environment())
        self.inside.append(float(_IN_TOOL.findall(printed)[-1]))
        return taken

    def forget(self, *, cache: bool) -> None:
        """Remove dist/, and the packager's cache."""
        _remove(self.tree.root / "dist", *[self.tree.root / ".cache"] * cache)

    def contents(self) -> dict[str, str]:
        """Return digests of the zips."""
        return {p.stem: _digest(p) for p in (self.tree.root / "dist").glob("*.zip")}


class Sam:
    """``sam build``: folders, which it zips when it deploys."""

    def __init__(self, tree: Tree, *options: str) -> None:
        self.tree = tree
        self._options = options
        resources = {
            name.replace("_", ""): {
                "Type": "AWS::Serverless::Function",
                "Properties": {
                    "CodeUri": f"functions/{name}/",
                    "Handler": "app.handler",
                    "Runtime": "python3.13",
                    "Architectures": ["arm64"],
                },
            }
            for name in tree.names
        }
        template = {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Transform": "AWS::Serverless-2016-10-31",
            "Resources": resources,
        }
        (tree.root / "template.yaml").write_text(json.dumps(template))

    def build(self) -> float:
        """Run it."""
        command = [BENCH / "sam", "build", *self._options]
        return process_time(command, cwd=self.tree.root, environment=environment())

    def forget(self, *, cache: bool) -> None:
        """Remove what it built, and its cache."""
        home = self.tree.root / ".aws-sam"
        _remove(home / "build", *[home] * cache)

    def contents(self) -> dict[str, str]:
        """Return digests of the names and bytes in the folders: kinder than of a zip."""
        return {
            folder.name: _digest_of_folder(folder)
            for folder in (self.tree.root / ".aws-sam" / "build").iterdir()
            if folder.is_dir()
        }


class PipAndZip:
    """What a Makefile does: pip into a folder, and zip; nothing is remembered."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree

    def build(self) -> float:
        """Run pip and zip for every function, two at a time."""
        script = (
            "set -e; rm -rf build/$1 dist/$1.zip; mkdir -p build/$1 dist; "
            "if [ -s functions/$1/requirements.txt ]; then "
            "python3.13 -m pip install -q --no-compile --target build/$1 --only-binary=:all: "
            f"--platform manylinux2014_{ARCH} --platform manylinux_2_28_{ARCH} "
            "--python-version 3.13 -r functions/$1/requirements.txt; fi; "
            "cp functions/$1/*.py build/$1/; cd build/$1; zip -q -r ../../dist/$1.zip ."
        )
        command = ["xargs", "-P", "2", "-I", "{}", "sh", "-c", script, "sh", "{}"]
        return _fed(command, "\n".join(self.tree.names), self.tree.root)

    def forget(self, *, cache: bool) -> None:  # noqa: ARG002  it has none
        """Remove what was built."""
        _remove(self.tree.root / "build", self.tree.root / "dist")

    def contents(self) -> dict[str, str]:
        """Return digests of the zips."""
        return {p.stem: _digest(p) for p in (self.tree.root / "dist").glob("*.zip")}


class PackagePy:
    """package.py of terraform-aws-modules/lambda, called as its module does, without Terraform."""

    def __init__(self, tree: Tree, modules: Path) -> None:
        self.tree = tree
        self._script = modules / "terraform-aws-lambda" / "package.py"
        self._built: dict[str, Path] = {}

    def build(self) -> float:
        """Prepare all functions, and build those whose name has changed; two at a time."""
        import time  # noqa: PLC0415

        began = time.perf_counter()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(self._one, self.tree.names))
        return time.perf_counter() - began

    def _one(self, name: str) -> None:
        root = self.tree.root
        query = {
            "paths": json.dumps({"module": str(self._script.parent), "root": ".", "cwd": "."}),
            "artifacts_dir": "builds",
            "runtime": "python3.13",
            "function_name": name,
            "source_path": json.dumps(
                [{"path": f"functions/{name}", "pip_requirements": True}]
            ),
            "hash_extra": "",
            "hash_extra_paths": json.dumps([]),
            "hash_internal": json.dumps([]),
            "recreate_missing_package": "true",
            "quiet": "true",
        }  # fmt: skip
        told = json.loads(self._run(["prepare"], json.dumps(query)))
        zipped = root / told["filename"]
        if not zipped.is_file():
            self._run(["build", "--timestamp", told["timestamp"], told["build_plan_filename"]], "")
        self._built[name] = zipped

    def _run(self, arguments: list[str], fed: str) -> str:
        done = subprocess.run(
            [BENCH / "python", self._script, *arguments],
            cwd=self.tree.root, env=environment(), input=fed,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise BenchError(f"package.py {arguments[0]}: {done.stderr[-2000:]}")
        return done.stdout

    def forget(self, *, cache: bool) -> None:  # noqa: ARG002  it has none
        """Remove what was built."""
        _remove(self.tree.root / "builds")

    def contents(self) -> dict[str, str]:
        """Return digests of the zips."""
        return {name: _digest(path) for name, path in self._built.items()}


def size(packager: Packager) -> int:
    """Return the bytes of the largest zip that lies in a tree."""
    return max(path.stat().st_size for path in packager.tree.root.rglob("*.zip"))


def same(first: Mapping[str, str], second: Mapping[str, str]) -> int:
    """Return how many functions were built to the same bytes twice."""
    return sum(digest == second.get(name) for name, digest in first.items())


def age(root: Path) -> None:
    """Give a tree other dates and modes, as another checkout has them."""
    for path in root.rglob("*"):
        if path.is_file():
            os.utime(path, (1_700_000_000, 1_700_000_000))
            path.chmod(stat.S_IRUSR | stat.S_IWUSR)


def names_in(path: Path) -> list[str]:
    """Return the names in a zip."""
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def _fed(command: list[str], text: str, cwd: Path) -> float:
    source = cwd / ".names"
    source.write_text(text + "\n")
    return process_time(
        ["sh", "-c", f'"$@" < {source.name}', "sh", *command], cwd=cwd, environment=environment()
    )


def _remove(*folders: Path) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def _digest_of_folder(folder: Path) -> str:
    parts = [
        f"{path.relative_to(folder)} {_digest(path)}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    return sha256("\n".join(parts).encode()).hexdigest()
