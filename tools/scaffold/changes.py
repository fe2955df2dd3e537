"""Files that are written all together, or not at all."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class ScaffoldError(Exception):
    """Nothing was written; the message says why and what to do."""


@dataclass
class Changes:
    """What is to be written under a folder.

    Attributes
    ----------
    root
        The checkout.
    texts
        Contents by path, relative to `root`.
    """

    root: Path
    texts: dict[str, str] = field(default_factory=dict)

    def add(self, path: str, text: str) -> None:
        """Write a file that must not be there yet.

        Raises
        ------
        ScaffoldError
            It is.
        """
        if path in self.texts or (self.root / path).exists():
            raise ScaffoldError(f"{path} is there already: take another name, or remove it first")
        self.texts[path] = text

    def read(self, path: str) -> str:
        """Return a file as it will be.

        Raises
        ------
        ScaffoldError
            There is none.
        """
        if path in self.texts:
            return self.texts[path]
        try:
            return (self.root / path).read_text()
        except OSError as error:
            raise ScaffoldError(f"{path} cannot be read: {error.strerror}") from error

    def change(self, path: str, text: str) -> None:
        """Write a file that is there."""
        self.texts[path] = text

    @property
    def new(self) -> list[str]:
        """Paths of the files that are not there yet."""
        return [path for path in self.texts if not (self.root / path).exists()]

    def write(self) -> None:
        """Write everything; when something cannot be written, leave all as it was.

        Raises
        ------
        ScaffoldError
            Something cannot.
        """
        before = {path: self._bytes(path) for path in self.texts}
        folders: list[Path] = []
        try:
            for path, text in self.texts.items():
                file = self.root / path
                folders += _made(file.parent)
                file.write_text(text)
        except OSError as error:
            for path, kept in before.items():
                # What cannot be put back was not written either.
                with contextlib.suppress(OSError):
                    self._put_back(path, kept)
            for folder in reversed(folders):
                with contextlib.suppress(OSError):
                    folder.rmdir()
            raise ScaffoldError(f"{error.filename} cannot be written: {error.strerror}") from error

    def _bytes(self, path: str) -> bytes | None:
        file = self.root / path
        return file.read_bytes() if file.is_file() else None

    def _put_back(self, path: str, kept: bytes | None) -> None:
        file = self.root / path
        if kept is None:
            file.unlink(missing_ok=True)
        elif file.read_bytes() != kept:
            file.write_bytes(kept)


def _made(folder: Path) -> list[Path]:
    """Make a folder with its parents; return those that were not there."""
    missing = [each for each in [folder, *folder.parents] if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing[::-1]
