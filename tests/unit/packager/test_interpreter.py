"""The interpreter that stands for Lambda's: what is remembered of it, and for how long."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tools.packager.cache import Index
from tools.packager.interpreter import target

if TYPE_CHECKING:
    import pytest

RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"


def test_a_checkout_that_moved_asks_its_interpreter_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = Index(tmp_path / "index.json")
    own = Path("bin") / "python"
    before = tmp_path / "before"
    (before / "bin").mkdir(parents=True)
    (before / own).symlink_to(sys.executable)
    monkeypatch.chdir(before)
    first = target(RUNNING, own, index)
    assert first is not None
    assert Path(first.path).exists()
    after = before.rename(tmp_path / "after")
    monkeypatch.chdir(after)
    second = target(RUNNING, own, index)
    assert second is not None
    assert Path(second.path).exists()
