"""Run Terraform in a root folder, with the core, provider and AWS that this machine offers."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tools.terraform import cli_config

if TYPE_CHECKING:
    from pathlib import Path

    from tools.terraform.core import Core


class TerraformFailed(Exception):
    """A Terraform command ended with an error; carries what it printed."""

    def __init__(self, command: list[str], code: int, output: str) -> None:
        super().__init__(f"{' '.join(command)} ended with {code}:\n{output}")
        self.output = output


@dataclass(frozen=True)
class Terraform:
    """Terraform in one root folder.

    Attributes
    ----------
    core
        What to run.
    root
        Folder with the root module.
    data
        Folder for what ``init`` fetches (TF_DATA_DIR), so that one root can be used against
        several AWS side by side.
    environment
        Variables of the run; by default this process's with our CLI configuration.
    """

    core: Core
    root: Path
    data: Path
    environment: dict[str, str] = field(default_factory=cli_config.environment)

    def run(self, *arguments: str, stream: bool = False) -> str:
        """Run one command and return what it printed on standard output.

        Parameters
        ----------
        arguments
            The command and its options; ``-input=false`` and ``-no-color`` are added.
        stream
            Let the command print to this process's own streams instead of capturing.

        Raises
        ------
        TerraformFailed
            The command ended with an error.
        """
        code, output = self.attempt(*arguments, stream=stream)
        if code:
            raise TerraformFailed([self.core.name, *arguments], code, output)
        return output

    def attempt(self, *arguments: str, stream: bool = False) -> tuple[int, str]:
        """Run one command; return its exit code and what it printed (both streams on an error)."""
        command = [*self.core.command, f"-chdir={self.root}", *arguments]
        environment = self.environment | {"TF_DATA_DIR": str(self.data), "TF_INPUT": "0"}
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=not stream,
            text=True, check=False,
        )  # fmt: skip
        if stream:
            return done.returncode, ""
        return done.returncode, done.stdout + (done.stderr if done.returncode else "")

    def init(self, *options: str) -> None:
        """Initialise the root, unless it stands initialised with the same configuration."""
        stamp = self.data / "initialised.json"
        wanted = json.dumps([self.core.version, options, _configuration(self.root)])
        if stamp.is_file() and stamp.read_text() == wanted:
            return
        self.run("init", "-no-color", "-reconfigure", *options)
        stamp.write_text(wanted)

    def plan(self, out: Path, *options: str) -> bool:
        """Write a plan to `out`; tell whether it changes anything."""
        arguments = ["plan", "-no-color", "-detailed-exitcode", f"-out={out}", *options]
        code, output = self.attempt(*arguments)
        if code not in {0, 2}:
            raise TerraformFailed([self.core.name, *arguments], code, output)
        return code == 2

    def show(self, plan: Path) -> dict[str, Any]:
        """Return a plan as ``terraform show -json`` gives it."""
        shown: dict[str, Any] = json.loads(self.run("show", "-json", str(plan)))
        return shown

    def outputs(self) -> dict[str, Any]:
        """Return the root's outputs by name."""
        shown = json.loads(self.run("output", "-json"))
        return {name: output["value"] for name, output in shown.items()}


def _configuration(root: Path) -> dict[str, str]:
    """Return what ``init`` depends on: the module sources, providers and backend of a root."""
    return {path.name: path.read_text() for path in sorted(root.glob("*.tf"))} | {
        "provider": os.environ.get(cli_config.CONFIG_VARIABLE, "")
    }
