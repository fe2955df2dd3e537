"""The folders that are linted: what each is, and what its files hold together."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tools.lint.reader import read_file
from tools.lint.references import Reference, block_references, references
from tools.lint.scanner import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tools.lint.syntax import Attribute, Block, Body, Source

_LABELS = {"data": 2, "module": 1, "output": 1, "provider": 1, "resource": 2, "variable": 1}
_ROOT_PARENTS = {"envs", "environments", "examples"}


class Unchecked(NamedTuple):
    """What could not be checked, and why."""

    path: Path
    line: int
    reason: str


@dataclass(frozen=True)
class File:
    """One file that was read: ``.tf``, or ``.tfvars`` whose body is attributes only."""

    path: Path
    source: Source


class Use(NamedTuple):
    """A reference, where it stands, and the variable or local in whose definition that is."""

    file: File
    reference: Reference
    owner: tuple[str, str] | None


@dataclass(frozen=True)
class Folder:
    """One Terraform module or root: the files of one folder.

    Parameters
    ----------
    path
        The folder.
    files
        Its ``.tf`` files, by name; at least one.
    values
        Its ``.tfvars`` files, by name.
    """

    path: Path
    files: list[File]
    values: list[File]

    @cached_property
    def is_module(self) -> bool:
        """Whether others call it: the nearest parent with a telling name says so.

        Under ``modules`` lie modules; under ``envs``, ``environments`` or ``examples``, and
        anywhere else, lie roots.
        """
        for parent in reversed(self.path.resolve().parent.parts):
            if parent == "modules":
                return True
            if parent in _ROOT_PARENTS:
                return False
        return False

    def blocks(self, *kinds: str) -> Iterator[tuple[File, Block]]:
        """Yield the outermost blocks of these types, in the order of files and lines."""
        for file in self.files:
            for block in file.source.body.blocks:
                if block.type in kinds:
                    yield file, block

    def local_values(self) -> Iterator[tuple[File, Attribute]]:
        """Yield what the locals blocks define."""
        for file, block in self.blocks("locals"):
            for attribute in block.body.attributes:
                yield file, attribute

    @cached_property
    def declared(self) -> set[tuple[str, ...]]:
        """Every address that a reference can have: ``("var", "x")``, ``("data", "t", "n")``."""
        kinds = {"variable": ("var",), "module": ("module",), "data": ("data",), "resource": ()}
        named: set[tuple[str, ...]] = {
            (*kinds[block.type], *block.labels) for _, block in self.blocks(*kinds)
        }
        return named | {("local", attribute.name) for _, attribute in self.local_values()}

    @cached_property
    def uses(self) -> list[Use]:
        """Every reference in the folder."""
        return [
            Use(file, reference, owner)
            for file in self.files
            for owner, found in _owned_references(file)
            for reference in found
        ]


def _owned_references(
    file: File,
) -> Iterator[tuple[tuple[str, str] | None, Iterable[Reference]]]:
    for block in file.source.body.blocks:
        if block.type == "locals":
            for attribute in block.body.attributes:
                yield ("local", attribute.name), references(attribute.value)
        elif block.type == "variable":
            yield ("var", block.name), block_references(block)
        else:
            yield None, block_references(block)


def load(top: Path) -> tuple[list[Folder], list[Unchecked]]:
    """Read every Terraform folder at and under ``top``.

    Folders whose name begins with a dot are Terraform's and other tools' own and are left
    out, as is a folder of ``.tfvars`` without code. A folder of which a file cannot be read
    is not among the folders, since what the rest refers to may stand in that file.

    Returns
    -------
    tuple
        The folders that could be read, and what could not be.
    """
    if not top.is_dir():
        return [], [Unchecked(top, 1, "there is no such folder: name one that holds *.tf files")]
    folders: list[Folder] = []
    unchecked: list[Unchecked] = []
    seen = False
    for where, below, names in os.walk(top):
        below[:] = sorted(name for name in below if not name.startswith("."))
        path = Path(where)
        files, broken = _read(path, sorted(names))
        unchecked += broken
        code = [file for file in files if file.path.suffix == ".tf"]
        seen = seen or bool(code or broken)
        if code and not broken:
            values = [file for file in files if file.path.suffix == ".tfvars"]
            folders.append(Folder(path, code, values))
    if not seen:
        unchecked.append(Unchecked(top, 1, "it holds no *.tf file: name a folder that does"))
    return folders, unchecked


def load_one(path: Path) -> tuple[Folder | None, list[Unchecked]]:
    """Read the files of one folder, and nothing under it."""
    if not path.is_dir():
        return None, []
    files, broken = _read(path, sorted(entry.name for entry in path.iterdir()))
    code = [file for file in files if file.path.suffix == ".tf"]
    values = [file for file in files if file.path.suffix == ".tfvars"]
    return (Folder(path, code, values) if code and not broken else None), broken


def _check_labels(body: Body) -> None:
    """Refuse a block without the labels that every rule takes for granted."""
    for block in body.blocks:
        wanted = _LABELS.get(block.type, len(block.labels))
        if len(block.labels) != wanted:
            reason = f"{block.type} has {len(block.labels)} labels, and Terraform takes {wanted}"
            raise UnreadableError(block.line, reason)


def _read(folder: Path, names: list[str]) -> tuple[list[File], list[Unchecked]]:
    files: list[File] = []
    broken: list[Unchecked] = []
    for name in names:
        path = folder / name
        if name.endswith(".tf.json"):
            broken.append(Unchecked(path, 1, "Terraform as JSON is not read: write it as HCL"))
        elif path.suffix in {".tf", ".tfvars"}:
            try:
                source = read_file(path)
                _check_labels(source.body)
                files.append(File(path, source))
            except UnreadableError as error:
                broken.append(Unchecked(path, error.line, error.reason))
            except OSError as error:
                broken.append(Unchecked(path, 1, f"it cannot be read: {error.strerror}"))
    return files, broken
