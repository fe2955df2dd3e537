"""Zips that are promoted are those that were packaged."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from tools.packager import verify

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    lines = {}
    for name in ("orders", "payments"):
        (tmp_path / f"{name}.zip").write_text(name)
        lines[name] = {
            "zip": f"{name}.zip",
            "sha256": hashlib.sha256(name.encode()).hexdigest(),
        }
    (tmp_path / "manifest.json").write_text(json.dumps({"functions": lines}))
    return tmp_path


def test_zips_that_are_what_the_manifest_says_pass_and_tell_its_hash(
    dist: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = hashlib.sha256((dist / "manifest.json").read_bytes()).hexdigest()
    assert verify.main([wanted, "--dist", str(dist)]) == 0
    assert f"2 zips are those of {dist.name}/manifest.json, {wanted}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("orders.zip", "other", "orders.zip has the SHA-256"),
        ("orders.zip", None, "orders.zip is missing"),
        ("new.zip", "new", "new.zip is in no line of manifest.json"),
        ("manifest.json", None, "manifest.json is missing: run make package"),
    ],
)
def test_what_is_not_as_the_manifest_says_is_named(
    dist: Path, capsys: pytest.CaptureFixture[str], file: str, text: str | None, told: str
) -> None:
    if text is None:
        (dist / file).unlink()
    else:
        (dist / file).write_text(text)
    assert verify.main(["--dist", str(dist)]) == 1
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "{", '{"functions": {}}'])
def test_a_manifest_that_names_no_function_is_no_pass(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (tmp_path / "manifest.json").write_text(text)
    assert verify.main(["--dist", str(tmp_path)]) == 1
    assert "manifest.json names no function: fetch it again" in capsys.readouterr().err


def test_zips_of_another_build_are_refused(dist: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify.main(["0" * 64, "--dist", str(dist)]) == 1
    assert f"{'0' * 64} is to be deployed: fetch the zips" in capsys.readouterr().err
