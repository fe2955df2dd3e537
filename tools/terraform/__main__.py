"""``python -m tools.terraform plan | apply | destroy ENV`` and ``fmt``: the Makefile's targets."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time

from tools.local_aws import server
from tools.local_aws.server import LocalAwsError
from tools.paths import ENVS, MODULES
from tools.terraform.core import TerraformMissing, find_core
from tools.terraform.environments import (
    Environment,
    EnvironmentMissing,
    environment,
)
from tools.terraform.provider import ProviderMissing
from tools.terraform.runner import TerraformFailed


def main() -> int:
    """Run one command on one environment."""
    parser = argparse.ArgumentParser(prog="python -m tools.terraform")
    parser.add_argument("command", choices=["plan", "apply", "destroy", "fmt"])
    parser.add_argument("env", nargs="?", default="")
    given = parser.parse_args()
    try:
        if given.command == "fmt":
            return _format()
        local = os.environ.get("AWS", "").lower() == "local"
        env = environment(given.env, on=server.require() if local else None)
        core = env.terraform.core
        print(f"{given.command}: envs/{env.name} on {env.target}, {core.name} {core.version}",
              flush=True)  # fmt: skip
        env.init()
        return _run(env, given.command)
    except (EnvironmentMissing, LocalAwsError, ProviderMissing, TerraformMissing) as error:
        print(f"{given.command}: {error}", file=sys.stderr)
        return 2
    except TerraformFailed as error:
        print(_explained(error.output), file=sys.stderr)
        return 1


def _run(env: Environment, command: str) -> int:
    began = time.monotonic()
    options = []
    if command in {"apply", "destroy"} and (env.local or os.environ.get("APPROVE") == "yes"):
        options.append("-auto-approve")
    # Terraform asks for approval itself, so it gets this process's own streams.
    run = subprocess.run(
        [*env.terraform.core.command, f"-chdir={env.terraform.root}", command, *options],
        env=env.terraform.environment | {"TF_DATA_DIR": str(env.terraform.data)}, check=False,
    )  # fmt: skip
    print(f"{command}: {time.monotonic() - began:.1f} s", flush=True)
    return run.returncode


def _format() -> int:
    core = find_core()
    folders = [str(folder) for folder in (MODULES, ENVS)]
    return max(
        subprocess.run([*core.command, "fmt", "-recursive", folder], check=False).returncode
        for folder in folders
    )


def _explained(output: str) -> str:
    if re.search(r"No valid credential|no EC2 IMDS role|ExpiredToken|InvalidClientTokenId", output):
        output += (
            "\nTerraform found no AWS credentials that hold. Sign in (aws sso login, or set "
            "AWS_PROFILE), or apply to the local AWS: make up, then AWS=local"
        )
    if re.search(r"NoSuchBucket|S3 bucket .* does not exist", output):
        output += (
            "\nThe state bucket named in backend.hcl does not exist. Bucket names are global: "
            "put your own there and make the bucket first (versioned, encrypted, not public)"
        )
    return output


if __name__ == "__main__":
    sys.exit(main())
