"""A new environment: the code that all have, with values and a state of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tools.scaffold.changes import Changes, ScaffoldError
from tools.scaffold.inventories import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

LONGEST = 20
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
VALUES = "terraform.tfvars"
README = "README.md"
CHECKOV = "tests/plan/checkov.yaml"
_ROW = re.compile(r"^(\| \[`envs/`\]\(envs\) \| )(`[a-z0-9-]+`(?:, `[a-z0-9-]+`)*)", re.MULTILINE)


def new_env(root: Path, name: str, source: str) -> Changes:
    """Return what makes the environment `name`, with the values of another one to begin with.

    Parameters
    ----------
    root
        The checkout.
    name
        Of the environment: its folder, and the end of its prefix.
    source
        Name of the environment whose values it takes; it must keep its state in a bucket.

    Raises
    ------
    ScaffoldError
        A name that cannot be, or that is taken; or `source` is not as it was.
    """
    _check(root, name, source)
    changes = Changes(root)
    prefix = value(root, source, "prefix")
    for path in sorted((root / "envs" / source).iterdir()):
        if path.suffix not in {".tf", ".tfvars", ".hcl"} or path.name == ".terraform.lock.hcl":
            continue
        text = path.read_text()
        if path.name == VALUES:
            text = _line("prefix").sub(rf'\g<before>"orders-{name}"', text)
        if path.name == "backend.tf":
            text = _replaced(path, text, f"/{source}/", f"/{name}/")
        if path.name == "backend.hcl":
            text = _replaced(path, text, f"-{source}", f"-{name}")
        changes.add(f"envs/{name}/{path.name}", text)
    inventory = changes.read(f"{FOLDER}/envs/{source}.yaml")
    named = re.sub(rf"\b{prefix}\b", f"orders-{name}", inventory)
    changes.add(f"{FOLDER}/envs/{name}.yaml", named)
    readme, rows = _ROW.subn(rf"\1\2, `{name}`", changes.read(README))
    if rows != 1:
        raise ScaffoldError(
            f"{README} has no one row of environments, which begins with | [`envs/`](envs) | and "
            "their names: put it back"
        )
    changes.change(README, readme)
    # checkov finds in it what it finds in the other one, by the same code and values.
    accepted = rf"^(  plans: \[[^\]\n]*(?<![\w-]){source}(?![\w-]))"
    plans = re.sub(accepted, rf"\1, {name}", changes.read(CHECKOV), flags=re.MULTILINE)
    changes.change(CHECKOV, plans)
    return changes


def _check(root: Path, name: str, source: str) -> None:
    there = sorted(path.parent.name for path in (root / "envs").glob("*/backend.hcl"))
    if source not in there:
        raise ScaffoldError(
            f"FROM is {source!r}: give an environment with a state bucket: {', '.join(there)}"
        )
    if not name:
        raise ScaffoldError("NAME is empty: give the environment's name, as NAME=staging")
    if not _NAME.fullmatch(name):
        raise ScaffoldError(
            f"NAME is {name!r}: use lower-case letters, digits and single hyphens between them, a "
            "letter first, as NAME=staging"
        )
    if len(name) > LONGEST:
        raise ScaffoldError(
            f"NAME is {name!r} of {len(name)} characters: AWS's names are made of it, use at most "
            f"{LONGEST}"
        )
    if (root / "envs" / name).exists():
        raise ScaffoldError(f"NAME is {name!r}, and envs/{name} is there already: take another")
    for path in sorted((root / "envs").glob(f"*/{VALUES}")):
        found = _line("prefix").search(path.read_text())
        if found and found["value"] == f"orders-{name}":
            raise ScaffoldError(
                f"NAME is {name!r}, and envs/{path.parent.name} has the prefix orders-{name}: "
                "take another name"
            )


def value(root: Path, env: str, variable: str) -> str:
    """Return a string that an environment gives a variable.

    Raises
    ------
    ScaffoldError
        It gives it none.
    """
    path = root / "envs" / env / VALUES
    found = _line(variable).search(path.read_text())
    if not found:
        raise ScaffoldError(f"{path.relative_to(root)} has no {variable}: give it one")
    return found["value"]


def _line(variable: str) -> re.Pattern[str]:
    return re.compile(rf'^(?P<before>{variable}\s*=\s*)"(?P<value>[^"]+)"', re.MULTILINE)


def _replaced(path: Path, text: str, old: str, new: str) -> str:
    if old not in text:
        raise ScaffoldError(f"{path.parent.name}/{path.name} does not name {old!r}: make it so")
    return text.replace(old, new)
