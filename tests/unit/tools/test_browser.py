"""Which browser is found, and what is said where there is none."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tools import browser

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder that is all of PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    return tmp_path


def program(folder: Path, name: str) -> str:
    made = folder / name
    made.touch(mode=0o755)
    return str(made)


def test_chromium_comes_before_chrome(path: Path) -> None:
    program(path, "google-chrome")
    chromium = program(path, "chromium")
    assert browser.find() == chromium


def test_the_variable_comes_before_all(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(path, "chromium")
    monkeypatch.setenv("CHROMIUM", program(path, "mine"))
    assert browser.find() == str(path / "mine")


def test_where_there_is_none_it_says_what_to_do(path: Path) -> None:  # noqa: ARG001
    with pytest.raises(browser.BrowserMissing, match=r"make browser .* CHROMIUM=/path"):
        browser.find()


def test_a_variable_that_names_nothing_is_told(
    path: Path,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CHROMIUM", "/none")
    with pytest.raises(browser.BrowserMissing, match="CHROMIUM is /none, which is no program"):
        browser.find()


def test_nothing_is_installed_where_a_name_was_given(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(path, "apt-get")
    monkeypatch.setenv("CHROMIUM", "/none")
    with pytest.raises(browser.BrowserMissing):
        browser.install()


def test_what_apt_says_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    apt = path / "apt-get"
    apt.write_text("#!/bin/sh\necho no network >&2\nexit 100\n")
    apt.chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(browser.BrowserMissing, match="no network"):
        browser.install()
