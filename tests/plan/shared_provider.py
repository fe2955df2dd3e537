"""One process of the AWS provider for many plans.

Terraform starts the provider for each command anew, and twice or more for a plan: half of what a
plan costs. In debug mode the provider stays, and Terraform finds it by TF_REATTACH_PROVIDERS
(https://developer.hashicorp.com/terraform/plugin/debugging#debugger-based-debugging). Then ``init``
has nothing to install either.

Such a process has one configuration at a time. So it serves one plan after the other, and no root
with two provider blocks.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tools.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tools.terraform.runner import Terraform

# Terraform and OpenTofu name the same provider by different hosts.
HOSTS = ("registry.terraform.io", "registry.opentofu.org")
_ADDRESS = re.compile(r"TF_REATTACH_PROVIDERS='\{\"[^\"]+\":(?P<process>.+)\}'")


def installed(terraform: Terraform) -> Path | None:
    """Return the provider that an initialised root has, if it is one that can be shared.

    Go takes certificate authorities from SSL_CERT_FILE on Linux only. AWS_CA_BUNDLE will not do:
    the provider refuses it at its second configuration.
    """
    if sys.platform != "linux":
        return None
    found = terraform.data.glob("providers/*/hashicorp/aws/*/*/terraform-provider-aws*")
    return next(found, None)


@contextmanager
def shared_provider(binary: Path, environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """Start a provider; yield the variables of runs that use it; end it.

    Parameters
    ----------
    binary
        The provider.
    environment
        Variables that lead an ordinary run to its AWS.
    """
    variables = {k: v for k, v in environment.items() if k != "AWS_CA_BUNDLE"}
    logging = {"TF_LOG": "OFF", "TF_LOG_SDK": "OFF", "TF_LOG_PROVIDER": "OFF"}
    authority = {"SSL_CERT_FILE": environment["AWS_CA_BUNDLE"]}
    process = subprocess.Popen(
        [sys.executable, "-m", __name__, str(binary)],
        cwd=ROOT, env=variables | logging | authority, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    try:
        printed = ""
        while not (address := _ADDRESS.search(printed)):
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(f"{binary} ended before it could be used:\n{printed}")
            printed += line
        providers = ",".join(f'"{host}/hashicorp/aws":{address["process"]}' for host in HOSTS)
        yield variables | {"TF_REATTACH_PROVIDERS": f"{{{providers}}}"}
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def main() -> None:
    """Run a provider for as long as the starter of this process lives and keeps our input open."""
    provider = subprocess.Popen(
        [sys.argv[1], "-debug"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    # The provider's alone from here, so that its end is seen.
    os.close(sys.stdout.fileno())
    try:
        sys.stdin.read()
    finally:
        provider.kill()
        provider.wait()


if __name__ == "__main__":
    main()
