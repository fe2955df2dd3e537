"""The provider that plans share: found by Terraform, and gone with whoever started it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.plan.shared_provider import HOSTS, shared_provider
from tools.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux shares a provider")

SAYS = """echo Starting...
echo "TF_REATTACH_PROVIDERS='{\\"registry.terraform.io/hashicorp/aws\\":{\\"Pid\\":$$}}'"
exec sleep 60
"""
ENVIRONMENT = {"PATH": os.environ["PATH"], "AWS_CA_BUNDLE": "authority.pem"}


def provider(folder: Path, text: str) -> Path:
    binary = folder / "provider"
    binary.write_text(f"#!/bin/sh\n{text}")
    binary.chmod(0o755)
    return binary


def ends(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def test_a_run_finds_it_under_the_hosts_of_both_cores_and_lives_as_long_as_it_is_needed(
    tmp_path: Path,
) -> None:
    with shared_provider(provider(tmp_path, SAYS), ENVIRONMENT) as variables:
        found = json.loads(variables["TF_REATTACH_PROVIDERS"])
        pid = found[f"{HOSTS[0]}/hashicorp/aws"]["Pid"]
        assert set(found) == {f"{host}/hashicorp/aws" for host in HOSTS}
        os.kill(pid, 0)
    assert ends(pid)


def test_a_run_does_not_hand_it_the_authority_that_it_would_refuse(tmp_path: Path) -> None:
    with shared_provider(provider(tmp_path, SAYS), ENVIRONMENT) as variables:
        assert "AWS_CA_BUNDLE" not in variables


def test_a_provider_that_does_not_start_is_told(tmp_path: Path) -> None:
    binary = provider(tmp_path, "echo no licence\n")
    with (
        pytest.raises(RuntimeError, match="ended before it could be used:\nno licence"),
        shared_provider(binary, ENVIRONMENT),
    ):
        pass


def test_it_ends_with_a_starter_that_is_killed(tmp_path: Path) -> None:
    starter = f"""
import time
from pathlib import Path
from tests.plan.shared_provider import shared_provider
with shared_provider(Path({str(provider(tmp_path, SAYS))!r}), {ENVIRONMENT!r}) as variables:
    print(variables["TF_REATTACH_PROVIDERS"], flush=True)
    time.sleep(60)
"""
    with subprocess.Popen(
        [sys.executable, "-c", starter], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        found = json.loads(process.stdout.readline())
        process.kill()
    assert ends(found["registry.terraform.io/hashicorp/aws"]["Pid"])
