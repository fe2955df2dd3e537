"""The environments: planned for real with their own values, and the same but for these."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.plan.inventories import complaint, environments
from tools.paths import ENVS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plan.workspace import Workspace
    from tools.terraform.core import Core

# An environment's own: its values, and where its state lies.
OWN = {"terraform.tfvars", "backend.tf", "backend.hcl"}
# Of the machine, and in no commit.
MACHINE = {".terraform", ".terraform.lock.hcl"}

# What is there before the first environment: a root of its own.
ALIKE = [name for name in environments() if not name.startswith("bootstrap")]


def shared_files(root: Path) -> dict[str, bytes]:
    files = [path for path in root.iterdir() if path.name not in OWN | MACHINE]
    return {path.name: path.read_bytes() for path in files}


@pytest.mark.parametrize("name", environments())
def test_an_environment_plans_what_its_inventory_says(
    space: Workspace, each_core: Core, name: str
) -> None:
    plan = space.plan(each_core, space.tree / "envs" / name)
    assert not (wrong := complaint(f"envs/{name}", plan)), wrong


@pytest.mark.parametrize("name", ALIKE)
def test_an_environment_has_its_own_values_and_state_and_no_code_of_its_own(name: str) -> None:
    assert shared_files(ENVS / name) == shared_files(ENVS / "prod")


@pytest.mark.parametrize("name", ALIKE)
def test_an_environment_has_every_file_that_is_its_own(name: str) -> None:
    # The local one keeps its state beside the local AWS, so no bucket is named.
    own = OWN - {"backend.hcl"} if name == "local" else OWN
    assert own <= {path.name for path in (ENVS / name).iterdir()}
