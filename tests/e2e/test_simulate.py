"""`make simulate` as somebody calls it: a table, and a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.copies import run
from tools.paths import ROOT

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path


def simulate(*arguments: str) -> subprocess.CompletedProcess[str]:
    return run(ROOT, "make", "-s", "simulate", *arguments)


def test_a_run_prints_its_figures_and_draws_the_same_picture_each_time(tmp_path: Path) -> None:
    pictures = [tmp_path / "one file.png", tmp_path / "another.png"]
    for picture in pictures:
        done = simulate("PATTERN=api", "RATE=50", "SECONDS=30", "LIMIT=4", f"OUT={picture}")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "refused: concurrency" in done.stdout
    one, another = (picture.read_bytes() for picture in pictures)
    assert one.startswith(b"\x89PNG\r\n")
    assert one == another


def test_a_picture_that_cannot_be_written_is_told_before_the_run(tmp_path: Path) -> None:
    done = simulate("PATTERN=api", "RATE=1", f"OUT={tmp_path / 'nowhere' / 'a.png'}")
    assert done.returncode != 0
    assert "there is no folder" in done.stderr
    assert "make it, or give another file" in done.stderr
