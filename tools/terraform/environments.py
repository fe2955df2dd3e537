"""The environments under ``envs/``: which AWS one of them is applied to, and with which state."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.local_aws import server
from tools.paths import ENVS
from tools.terraform import cli_config
from tools.terraform.core import Core, find_core
from tools.terraform.runner import Terraform

if TYPE_CHECKING:
    from pathlib import Path


class EnvironmentMissing(Exception):
    """No such environment, or no AWS to apply it to; the message says what to do."""


@dataclass(frozen=True)
class Environment:
    """One root folder and the AWS that it is applied to.

    Attributes
    ----------
    name
        Name of the folder under ``envs/``.
    local
        The local AWS, or None for the AWS that this process's own variables point to.
    terraform
        Terraform in the root, with the variables for that AWS.
    """

    name: str
    local: server.Server | None
    terraform: Terraform

    @property
    def target(self) -> str:
        """Where it is applied to, in words."""
        return f"the local AWS at {self.local.endpoint}" if self.local else "AWS"

    def init(self) -> None:
        """Initialise the root with the backend that fits where it is applied to."""
        settings = self.terraform.root / "backend.hcl"
        if settings.is_file():
            if self.local:
                _make_bucket(self.local, settings)
            self.terraform.init(f"-backend-config={settings}")
        elif self.local:
            # Beside each other: the local environment and what bootstrap makes.
            state = "terraform.tfstate" if self.name == "local" else f"{self.name}.tfstate"
            self.terraform.init(f"-backend-config=path={self.local.home / state}")
        else:
            # The bootstrap, whose first state is on this machine.
            self.terraform.init()


def environment(
    name: str, *, on: server.Server | None = None, core: Core | None = None
) -> Environment:
    """Return the environment `name`.

    Parameters
    ----------
    name
        ``local``, ``dev``, ``prod`` or another folder under ``envs/``.
    on
        The local AWS to apply it to, whichever environment it is; None for the AWS that this
        process's variables point to, except for ``local``, which never goes anywhere but to the
        running local AWS.
    core
        What runs Terraform; by default what `find_core` finds.

    Raises
    ------
    EnvironmentMissing
        There is no such folder.
    LocalAwsError
        The local AWS is wanted and does not run.
    """
    root = ENVS / name
    if not name or not (root / "versions.tf").is_file():
        there = ", ".join(sorted(p.parent.name for p in ENVS.glob("*/versions.tf")))
        raise EnvironmentMissing(f"no environment {name!r}; there are {there}: name one as ENV=dev")
    variables = cli_config.environment()
    data = root / ".terraform"
    local = server.require() if on is None and name == "local" else on
    if local:
        variables = local.apply_to(variables)
        # Apart from the data of the same root on AWS, and gone with the local AWS.
        data = local.home / "terraform" / name
    return Environment(name, local, Terraform(core or find_core(), root, data, variables))


def _make_bucket(running: server.Server, settings: Path) -> None:
    found = dict(re.findall(r'^(\w+)\s*=\s*"([^"]+)"', settings.read_text(), re.MULTILINE))
    client = running.client("s3", region=found["region"])
    names = [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]
    if found["bucket"] not in names:
        client.create_bucket(
            Bucket=found["bucket"],
            CreateBucketConfiguration={"LocationConstraint": found["region"]},
        )
