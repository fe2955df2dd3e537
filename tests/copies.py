"""A copy of the checkout, in which tests do what a newcomer does."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from tools.paths import CACHE, LOCAL_AWS_ENVIRONMENT, ROOT, TERRAFORM_ENVIRONMENT, TOOLS_ENVIRONMENT

if TYPE_CHECKING:
    from pathlib import Path

# What make has made is shared, but for what a copy makes itself.
_SHARED = (CACHE, LOCAL_AWS_ENVIRONMENT, TERRAFORM_ENVIRONMENT, TOOLS_ENVIRONMENT)
_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".cache", ".local-aws*", ".venv*", ".terraform*", "*.tfstate*", "*.tfplan",
    "__pycache__", ".hypothesis", ".*_cache", "corpus",
)  # fmt: skip


def copy(target: Path) -> Path:
    """Copy the checkout as it is to `target`; return that."""
    # Times stay, so that make finds the environments up to date.
    shutil.copytree(ROOT, target, ignore=_LEFT_OUT, symlinks=True)
    CACHE.mkdir(exist_ok=True)
    for folder in _SHARED:
        if folder.exists():
            (target / folder.name).symlink_to(folder)
    return target


def run(where: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a copy, or in the checkout itself, whatever comes of it."""
    mine = {name: v for name, v in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        command, cwd=where, env=mine | environment, capture_output=True, text=True, check=False
    )


def ran(where: Path, *command: str, **environment: str) -> str:
    """Run a command in a copy that must succeed; return what it printed."""
    done = run(where, *command, **environment)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout
