"""A copy of the Terraform tree with a local AWS of its own, where tests plan without a trace.

The copy holds ``modules/``, ``envs/`` and ``web/`` byte for byte, and ``dist/``. Beside them stands
what the checkout does not have: in every root of ``envs/`` a ``backend_override.tf`` that keeps the
state in a file (the only difference to the checkout), and the roots that tests write.
"""

from __future__ import annotations

import fcntl
import re
import shutil
import zipfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.alone import one_at_a_time
from tests.plan.shared_provider import installed, shared_provider
from tools.local_aws import server
from tools.paths import CACHE, DIST, ENVS, FUNCTIONS, MODULES, ROOT
from tools.terraform import cli_config
from tools.terraform.core import find_core
from tools.terraform.runner import Terraform

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tools.terraform.core import Core

SLOTS = CACHE / "tests" / "plan"

LOCAL_BACKEND = """\
terraform {
  backend "local" {}
}
"""
PROVIDER = """\
provider "aws" {
  region = "eu-west-1"
}
"""
_PROVIDER_BLOCK = re.compile(r'^provider "aws" \{', re.MULTILINE)


@dataclass(frozen=True)
class Workspace:
    """The copied tree and the local AWS that its plans read from.

    Attributes
    ----------
    tree
        The copy.
    local
        The local AWS.
    ordinary
        Variables of a run that starts its own provider.
    shared
        Variables of a run that uses the provider of this workspace; None where there is none.
    """

    tree: Path
    local: server.Server
    ordinary: dict[str, str]
    shared: dict[str, str] | None

    @property
    def modules(self) -> Path:
        """The copy of ``modules/``."""
        return self.tree / "modules"

    def terraform(self, core: Core, root: Path) -> Terraform:
        """Return Terraform for `root`, initialised."""
        # Beside the tree, so that a tree made anew finds what the last one had fetched.
        data = self.tree.with_name("data") / core.name / root.relative_to(self.tree)
        shared = self.shared if _provider_blocks(root) == 1 else None
        terraform = Terraform(core, root, data, shared or self.ordinary)
        self.init(terraform, "-reconfigure")
        return terraform

    def init(self, terraform: Terraform, *options: str) -> None:
        """Initialise a root, whatever it was initialised with before."""
        with ExitStack() as stack:
            if terraform.environment != self.shared:
                # The cache of providers takes one writer.
                stack.enter_context(one_at_a_time("init"))
            # Not Terraform.init: it takes a root for unchanged when only a module in it changed.
            terraform.run("init", "-no-color", *options)

    def root(self, name: str, text: str) -> Path:
        """Write `text` as a root folder where a reader would have it, beside the environments."""
        root = self._folder(self.tree / "envs" / name, text)
        (root / "backend_override.tf").write_text(LOCAL_BACKEND)
        if 'provider "aws"' not in text:
            (root / "provider.tf").write_text(PROVIDER)
        return root

    def part(self, name: str, text: str) -> Path:
        """Write `text` as a module of roots, beside them, so that its paths hold."""
        return self._folder(self.tree / "envs" / f"{name}-part", text)

    def _folder(self, folder: Path, text: str) -> Path:
        folder.mkdir()
        (folder / "main.tf").write_text(text)
        shutil.copy(self.modules / "function" / "versions.tf", folder)
        return folder

    def plan(self, core: Core, root: Path) -> dict[str, Any]:
        """Plan `root` for real; return the plan as ``terraform show -json`` gives it."""
        terraform = self.terraform(core, root)
        file = terraform.data / "plan"
        terraform.plan(file)
        return terraform.show(file)


@contextmanager
def workspace() -> Iterator[Workspace]:
    """Lay out a tree and start a local AWS; stop it at the end, whatever happened.

    Processes side by side (workers of pytest-xdist, two runs of the tests) get one each.
    """
    with _slot() as slot:
        home = slot / "local-aws"
        server.down(home)
        tree = slot / "tree"
        _lay_out(tree)
        try:
            local = server.up(home)[0]
            ordinary = local.apply_to(cli_config.environment())
            with _shared(Workspace(tree, local, ordinary, None)) as shared:
                yield Workspace(tree, local, ordinary, shared)
        finally:
            server.down(home)


@contextmanager
def _slot() -> Iterator[Path]:
    """Take the first folder that no living process holds."""
    number = 0
    while True:
        slot = SLOTS / f"slot-{number}"
        slot.mkdir(parents=True, exist_ok=True)
        with (slot / "lock").open("a") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                number += 1
                continue
            yield slot
            return


@contextmanager
def _shared(space: Workspace) -> Iterator[dict[str, str] | None]:
    """Start the provider that a root of this workspace would, where it can be shared."""
    with one_at_a_time("core"):
        core = find_core()
    binary = installed(space.terraform(core, space.root("provider", "")))
    if binary is None:
        yield None
        return
    with shared_provider(binary, space.ordinary) as variables:
        yield variables


def _provider_blocks(root: Path) -> int:
    return sum(len(_PROVIDER_BLOCK.findall(path.read_text())) for path in root.glob("*.tf"))


def _lay_out(tree: Path) -> None:
    shutil.rmtree(tree, ignore_errors=True)
    # What a run leaves in a root is a machine's own, and no part of the configuration.
    left_out = shutil.ignore_patterns(".terraform*", "*.tfstate*", "*.tfplan")
    shutil.copytree(MODULES, tree / "modules", ignore=left_out)
    shutil.copytree(ENVS, tree / "envs", ignore=left_out)
    shutil.copytree(ROOT / "web", tree / "web")
    for root in (tree / "envs").iterdir():
        (root / "backend_override.tf").write_text(LOCAL_BACKEND)
    (tree / "dist").mkdir()
    for handler in [*sorted(FUNCTIONS.glob("*/app.py")), ROOT / "edge_signer" / "app.py"]:
        _zip(tree / "dist" / f"{handler.parent.name}.zip")


def _zip(target: Path) -> None:
    """Put the built zip there, or a stand-in: plans read its hash and nothing in it."""
    built = DIST / target.name
    if built.is_file():
        shutil.copy(built, target)
        return
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): ...\n")
