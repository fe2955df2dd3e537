"""What holds of every file of this repository."""

from __future__ import annotations

import fnmatch
import importlib.util
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tools import paths
from tools.lint.__main__ import main
from tools.terraform.core import find_core

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Bad on purpose: what the rule on accounts must find.
ACCOUNT_TWINS = paths.ROOT / "tests" / "lint" / "twins" / "no-hard-coded-account-or-region"


def run(tool: str, *arguments: str, **environment: str) -> None:
    """Run a Python tool at the top of the checkout, and fail with what it says."""
    if importlib.util.find_spec(tool) is None:
        pytest.fail(f"{tool} is not installed: run make setup, then make lint")
    done = subprocess.run(
        [sys.executable, "-m", tool, *arguments],
        cwd=paths.ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"{tool} {' '.join(arguments)}:\n{done.stdout}{done.stderr}", pytrace=False)


def python_targets() -> Iterator[tuple[str, ...]]:
    """Yield what is type-checked together: two functions may have modules of the same name."""
    common = (paths.ROOT / "tools", paths.SHARED, paths.ROOT / "tests")
    yield tuple(folder.name for folder in common if any(folder.rglob("*.py")))
    for handler in sorted([*paths.FUNCTIONS.glob("*/app.py"), paths.EDGE_SIGNER / "app.py"]):
        yield (str(handler.parent.relative_to(paths.ROOT)),)


def files() -> list[Path]:
    """Return the files of the repository: git's, and without git what .gitignore leaves."""
    listed = None
    if (paths.ROOT / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=paths.ROOT, capture_output=True, check=False)
    if listed is not None and listed.returncode == 0:
        found = [paths.ROOT / os.fsdecode(name) for name in listed.stdout.split(b"\0") if name]
        return [path for path in found if path.is_file()]
    ignored = [*(paths.ROOT / ".gitignore").read_text().split(), ".git"]
    patterns = [pattern.rstrip("/") for pattern in ignored]
    return [
        path
        for path in paths.ROOT.rglob("*")
        if path.is_file()
        and not any(
            fnmatch.fnmatch(part, pattern)
            for part in path.relative_to(paths.ROOT).parts
            for pattern in patterns
        )
    ]


def places(pattern: str, *, but: str = "(?!)", except_in: Path | None = None) -> list[str]:
    """Return ``file:line match`` for what the pattern finds in text files."""
    found: list[str] = []
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if except_in is None or not path.is_relative_to(except_in):
            for match in re.finditer(pattern, text):
                if not re.fullmatch(but, match.group()):
                    line = text.count("\n", 0, match.start()) + 1
                    found.append(f"{path.relative_to(paths.ROOT)}:{line} {match.group()}")
    return found


def test_modules_and_environments_break_no_rule(capsys: pytest.CaptureFixture[str]) -> None:
    code = main([])
    assert code == 0, "".join(capsys.readouterr())


@pytest.mark.parametrize("folder", [paths.MODULES, paths.ENVS], ids=lambda folder: folder.name)
def test_terraform_is_formatted(folder: Path) -> None:
    environment = {name: v for name, v in os.environ.items() if not name.startswith("TF_")}
    done = subprocess.run(
        [*find_core().command, "fmt", "-check", "-recursive", str(folder)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"run make fmt; not formatted:\n{done.stdout}{done.stderr}"


def test_python_is_clean() -> None:
    run("ruff", "check", "--quiet", ".")


def test_python_is_formatted() -> None:
    run("ruff", "format", "--check", "--quiet", ".")


@pytest.mark.parametrize("targets", list(python_targets()), ids=" ".join)
def test_python_is_typed(targets: tuple[str, ...]) -> None:
    # A handler imports its neighbours as Lambda does: from its own folder.
    own = {"MYPYPATH": targets[0]} if len(targets) == 1 else {}
    run("mypy", *targets, **own)


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    homes = r"(?<![\w.~}])/(?:home|Users|root|work|workspaces?)/[\w.-]+|\b[A-Z]:\\Users\\\w+"
    assert places(homes) == []


def test_no_file_names_a_package_index() -> None:
    index = r"https?://\S+/simpl[e]\b|files\.pythonhoste[d]\.org|--(?:extra-)?index-ur[l]|--find-link[s]"
    assert places(index) == []


def test_no_file_holds_an_account_but_the_example_of_the_documentation() -> None:
    account = r"(?<![0-9A-Za-z_.])(?<![0-9a-f]{4}-)\d{12}(?![0-9A-Za-z_.])"
    assert places(account, but="123456789012", except_in=ACCOUNT_TWINS) == []


def test_no_file_holds_a_key_of_an_account() -> None:
    assert places(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b", but=r"\w+EXAMPLE\w*") == []


@pytest.mark.parametrize(
    "wanted", sorted((paths.ROOT / "requirements").glob("*.in")), ids=lambda path: str(path.name)
)
def test_a_lock_pins_what_is_wanted(wanted: Path) -> None:
    lines = [line.partition("#")[0].strip() for line in wanted.read_text().splitlines()]
    names = {re.split(r"[\[=<>!~ ]", line)[0] for line in lines if line}
    pinned = set(re.findall(r"^([\w.-]+)==", wanted.with_suffix(".txt").read_text(), re.MULTILINE))
    assert names <= pinned
