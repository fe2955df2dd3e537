"""What belongs into a zip: the rules, and the walk over a function's folder and over shared/.

This is the one place that decides what stays out.

Of a function's folder and of ``shared/``: hidden files, tests, caches, stubs, what names
requirements, READMEs and editors' backups (`left_out`). Of a shared package goes in what is
imported, and its data files. Of a dependency: console scripts, tests that nothing imports, caches,
stubs, and metadata unless something reads it (`DEPENDENCY_FOLDERS_LEFT_OUT` and beside it; applied
by ``dependencies.prune``).
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING, NamedTuple

from tools.packager.errors import Fault, SourceError

if TYPE_CHECKING:
    from pathlib import Path

    from tools.packager.cache import Index

NAMES_LEFT_OUT = frozenset({"__pycache__", "conftest.py", "py.typed", "test", "tests"})
README = re.compile(r"readme[^/]*\.(md|rst|txt)|readme", re.IGNORECASE)
SUFFIXES_LEFT_OUT = (".dist-info", ".egg-info", ".pyc", ".pyi", ".pyo", "_test.py", "~")

DEPENDENCY_FOLDERS_LEFT_OUT = frozenset({"__pycache__", "bin"})
DEPENDENCY_TESTS = frozenset({"test", "tests"})
DEPENDENCY_FILES_LEFT_OUT = (".pth", ".pyc", ".pyi", ".pyo", "py.typed")
# What importlib.metadata reads for versions, requirements and entry points.
METADATA_READ = frozenset({"METADATA", "entry_points.txt"})


def left_out(name: str) -> bool:
    """Tell whether a file or folder called `name` of a function or of shared/ stays out."""
    return bool(
        name in NAMES_LEFT_OUT
        or name.startswith(".")
        or README.fullmatch(name)
        or name.endswith(SUFFIXES_LEFT_OUT)
        or (name.startswith("test_") and name.endswith(".py"))
        or (name.startswith("requirements") and name.endswith((".txt", ".in", ".lock")))
    )


class SourceFile(NamedTuple):
    """A file that goes (or may go) into a zip.

    `name` is its name in the zip, `path` where it lies, `label` what messages call it.
    """

    name: str
    path: str
    label: str
    size: int
    digest: str


def walk(folder: Path, index: Index) -> list[SourceFile]:
    """
    Return the files of a function's folder, or of shared/, that may go into a zip.

    Raises
    ------
    SourceError
        A symbolic link leaves the folder, points to nothing, or to a folder around itself; or a
        name is not UTF-8.
    """
    files: list[SourceFile] = []
    faults: list[Fault] = []
    root = os.path.realpath(folder)

    def descend(path: str, prefix: str, around: tuple[str, ...]) -> None:
        for entry in sorted(os.scandir(path), key=lambda entry: entry.name):
            if left_out(entry.name):
                continue
            name, label = prefix + entry.name, f"{folder}/{prefix}{entry.name}"
            try:
                entry.name.encode()
            except UnicodeEncodeError:
                what = "its name is not UTF-8, as names in a zip are"
                faults.append(Fault(label, what, "Rename it, or remove it"))
                continue
            if entry.is_symlink():
                fault = _link_fault(entry.path, label, root, around)
                if fault:
                    faults.append(fault)
                    continue
            if entry.is_dir():
                descend(entry.path, f"{name}/", (*around, os.path.realpath(entry.path)))
            elif entry.is_file():
                stat = entry.stat()
                digest = index.digest(entry.path, stat)
                files.append(SourceFile(name, entry.path, label, stat.st_size, digest))

    descend(str(folder), "", (root,))
    if faults:
        raise SourceError(*faults)
    return files


def content(file: SourceFile) -> bytes:
    """Return the content of `file`, as of `unchanged`."""
    return unchanged(file.path, file.label, file.digest)


def unchanged(path: str, label: str, digest: str) -> bytes:
    """
    Return the content of the file at `path`, of which `digest` was planned with.

    What is made of it is kept under that digest, and taken again when the file is as it was then.

    Raises
    ------
    SourceError
        Somebody has changed it since.
    """
    with open(path, "rb") as file:  # noqa: PTH123  as Index.digest
        data = file.read()
    if hashlib.sha256(data).hexdigest() != digest:
        what = "it was changed while it was packaged"
        raise SourceError(Fault(label, what, "Run make package again"))
    return data


def _link_fault(path: str, label: str, root: str, around: tuple[str, ...]) -> Fault | None:
    """Return what is wrong with the symbolic link at `path`."""
    target = os.path.realpath(path)
    if not target.startswith(root + os.sep):
        if target in around:
            return Fault(label, "symbolic link to a folder around itself", "Remove the link")
        return Fault(
            label,
            f"symbolic link that leaves the folder, to {os.readlink(path)}",  # noqa: PTH115
            "Put the file here, or a module that functions share into shared/",
        )
    if not os.path.exists(target):  # noqa: PTH110
        return Fault(label, "symbolic link to nothing", "Remove the link or restore its target")
    if target in around:
        return Fault(label, "symbolic link to a folder around itself", "Remove the link")
    return None
