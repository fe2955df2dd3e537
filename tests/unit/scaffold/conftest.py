"""A tree to write into: what the scaffold reads, and no more."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tools.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

READ = ("functions", "modules/order_service", "tests/plan/inventories")
# Those of the repository: a reader may have added some.
ENVIRONMENTS = ("bootstrap", "dev", "local", "prod")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for folder in (*READ, *(f"envs/{name}" for name in ENVIRONMENTS)):
        left_out = shutil.ignore_patterns(".terraform*", "__pycache__")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=left_out)
    for file in ("README.md", "tests/plan/checkov.yaml"):
        shutil.copy(ROOT / file, tmp_path / file)
    return tmp_path


def contents(tree: Path) -> dict[str, bytes | None]:
    """Return everything under a folder: files with what is in them, and folders."""
    return {
        str(path.relative_to(tree)): path.read_bytes() if path.is_file() else None
        for path in tree.rglob("*")
    }
