"""``python -m tools.terraform plan|apply|drift|destroy ENV`` and ``fmt``: the Makefile's targets.

``drift`` ends with 0 when nothing differs, 1 when something does, 2 when that could not be found
out; the others with 0, 1 when Terraform failed, 2 when it was not started.
"""

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
from tools.terraform import drift
from tools.terraform.core import TerraformMissing, find_core
from tools.terraform.environments import (
    Environment,
    EnvironmentMissing,
    environment,
)
from tools.terraform.provider import ProviderMissing
from tools.terraform.runner import TerraformFailed
from tools.terraform.saved import PlanRefused, Record, SavedPlan


def main() -> int:
    """Run one command on one environment."""
    parser = argparse.ArgumentParser(prog="python -m tools.terraform")
    parser.add_argument("command", choices=[*COMMANDS, "fmt"])
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
        return COMMANDS[given.command](env)
    except STOPPED as error:
        print(f"{given.command}: {error}", file=sys.stderr)
        return 2
    except TerraformFailed as error:
        print(_explained(error.output), file=sys.stderr)
        return 2 if given.command == "drift" else 1


def _plan(env: Environment) -> int:
    """Show what would change, and keep it for `_apply`."""
    plan = SavedPlan.of(env)
    record = Record.of(env)
    plan.prepare()
    code = _terraform(env, "plan", f"-out={plan.file}")
    if code:
        plan.forget()
        return code
    plan.keep(record)
    print(f"plan: kept for make apply ENV={env.name}, until code, zips or state change", flush=True)
    return 0


def _apply(env: Environment) -> int:
    """Apply the saved plan; without one, what is planned now, where that needs no approval."""
    plan = SavedPlan.of(env)
    if plan.exists:
        try:
            plan.check(Record.of(env), env.name)
        except PlanRefused as refused:
            # Nobody reviews what goes to the local AWS: there it is planned anew.
            if not env.local:
                raise
            print(f"apply: not the saved plan: {refused}", file=sys.stderr, flush=True)
        else:
            print(f"apply: the plan of {plan.made()}", flush=True)
            try:
                return _terraform(env, "apply", str(plan.file))
            finally:
                # Applied or not: the state is another now, and a plan is good for once.
                plan.forget()
    elif not env.local and not _approved():
        raise PlanRefused(
            f"there is no saved plan of {env.name}: run make plan ENV={env.name}, look at it, then "
            f"make apply ENV={env.name}. Or plan and apply at once, unseen, with APPROVE=yes"
        )
    plan.forget()
    return _terraform(env, "apply", "-auto-approve")


def _destroy(env: Environment) -> int:
    SavedPlan.of(env).forget()
    return _terraform(env, "destroy", *(["-auto-approve"] if env.local or _approved() else []))


def _drift(env: Environment) -> int:
    """Tell what somebody else has changed; 0 nothing, 1 something."""
    began = time.monotonic()
    found = drift.look(env.terraform)
    if found:
        drift.print_table(found)
    changed = len({row.address for row in found})
    said = f"{changed} changed outside of Terraform" if changed else "nothing has changed"
    print(f"drift: {said}, {time.monotonic() - began:.1f} s", flush=True)
    return 1 if found else 0


COMMANDS = {"plan": _plan, "apply": _apply, "drift": _drift, "destroy": _destroy}
STOPPED = (EnvironmentMissing, LocalAwsError, PlanRefused, ProviderMissing, TerraformMissing)


def _approved() -> bool:
    return os.environ.get("APPROVE") == "yes"


def _terraform(env: Environment, *arguments: str) -> int:
    """Run Terraform on this process's own streams: it may ask, and tells how far it is."""
    began = time.monotonic()
    run = subprocess.run(
        [*env.terraform.core.command, f"-chdir={env.terraform.root}", *arguments],
        env=env.terraform.environment | {"TF_DATA_DIR": str(env.terraform.data)}, check=False,
    )  # fmt: skip
    print(f"{arguments[0]}: {time.monotonic() - began:.1f} s", flush=True)
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
            "put your own there, and make the bucket first: make plan ENV=bootstrap, look at it, "
            "make apply ENV=bootstrap (docs/deploying.md)"
        )
    return output


if __name__ == "__main__":
    sys.exit(main())
