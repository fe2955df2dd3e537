"""docs/deploying.md, done in a copy of the checkout: its settings, its commands, in their order.

AWS is a local one that the usual variables point to, as they would to an account: nothing here says
AWS=local, so the way is that of AWS. Of dev and prod a small part is planned and applied, since
other tests apply a whole environment.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from tests.copies import copy
from tools.local_aws import server
from tools.paths import CACHE, ROOT
from tools.terraform import cli_config
from tools.terraform.core import find_core

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = ROOT / "docs" / "deploying.md"
_BLOCK = re.compile(r"^```(?:sh|hcl)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PARTS = {
    "dev": "module.order_service.module.payments",
    "prod": "module.order_service.module.import_failures",
}
BUCKET = "acme-orders-state-dev"


def block(beginning: str) -> str:
    """Return the one block of the page that begins so."""
    (found,) = [text for text in _BLOCK.findall(PAGE.read_text()) if text.startswith(beginning)]
    return str(found)


@dataclass(frozen=True)
class Account:
    """A checkout, and an empty AWS that this checkout's commands reach."""

    checkout: Path
    aws: server.Server

    def do(self, beginning: str, **environment: str) -> str:
        """Run the commands of a block; return what they print."""
        return self.run(block(beginning), **environment)

    def run(self, commands: str, **environment: str) -> str:
        tools = f"{self.checkout / 'bin'}:"
        variables = self.aws.apply_to(cli_config.environment())
        done = subprocess.run(
            ["bash", "-ec", commands], cwd=self.checkout, check=False, text=True,
            # What somebody would answer to Terraform who moves a state.
            input="yes\n", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=variables | {"PATH": tools + variables["PATH"]} | environment,
        )  # fmt: skip
        assert done.returncode == 0, f"{commands}\n{done.stdout}"
        return done.stdout

    def state(self, env: str, key: str) -> str:
        """Return a state as it is in the bucket of an environment."""
        client = self.aws.client("s3")
        bucket = BUCKET.replace("dev", env)
        body = client.get_object(Bucket=bucket, Key=f"lambda-blueprints/{key}/terraform.tfstate")
        return str(body["Body"].read().decode())


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    made = copy(tmp_path_factory.mktemp("deploying") / "checkout")
    # Saved plans of the copy stay in it; what is fetched is shared.
    cache = made / ".cache"
    cache.unlink()
    cache.mkdir()
    for path in CACHE.iterdir():
        if path.name not in {"plans", "tests"}:
            (cache / path.name).symlink_to(path)
    core = made / "bin" / "terraform"
    core.parent.mkdir()
    core.write_text(f'#!/bin/sh\nexec {shlex.join(find_core().command)} "$@"\n')
    core.chmod(0o755)
    home = made / ".local-aws"
    try:
        yield Account(made, server.up(home)[0])
    finally:
        server.down(home)


def test_the_page_holds_from_an_empty_account_to_the_end_of_an_environment(
    account: Account, subtests: pytest.Subtests
) -> None:
    envs = account.checkout / "envs"

    with subtests.test("bootstrap"):
        (envs / "bootstrap" / "terraform.tfvars").write_text(block("# fragment\ngithub ="))
        account.do("make plan ENV=bootstrap")
        outputs = account.run("terraform -chdir=envs/bootstrap output -json roles")
        assert "dev" in outputs
        assert (envs / "bootstrap" / "terraform.tfstate").is_file()

    with subtests.test("the state of the bootstrap moves into the bucket"):
        (envs / "bootstrap" / "backend.tf").write_text(block("# fragment\nterraform {"))
        settings = block("# fragment\nbucket =")
        (envs / "bootstrap" / "backend.hcl").write_text(settings)
        account.do("terraform -chdir=envs/bootstrap init")
        assert '"aws_s3_bucket"' in account.state("dev", "bootstrap")

    with subtests.test("dev, with the boundary of its roles"):
        (envs / "dev" / "backend.hcl").write_text(settings)
        boundary = block("# fragment\npermissions_boundary =")
        (arn,) = re.findall(r'"(arn:[^"]+)"', boundary)
        assert arn in account.run("terraform -chdir=envs/bootstrap output -json boundaries")
        values = envs / "dev" / "terraform.tfvars"
        line = boundary.splitlines()[-1]
        filled, count = re.subn(
            r"^permissions_boundary .*$", line, values.read_text(), flags=re.MULTILINE
        )
        assert count == 1
        values.write_text(filled)
        account.do("make plan ENV=dev", TF_CLI_ARGS_plan=f"-no-color -target={PARTS['dev']}")
        role = account.aws.client("iam").get_role(RoleName="orders-dev-payments")["Role"]
        assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == arn
        assert '"aws_lambda_function"' in account.state("dev", "dev")

    with subtests.test("prod, with the zips that were tried"):
        promoted(account)
    with subtests.test("drift"):
        drifted(account)
    with subtests.test("the end of dev"):
        ended(account)


def promoted(account: Account) -> None:
    """Do step 5, of which prod gets the zips that were tried."""
    settings = block("# fragment\nbucket =").replace("-dev", "-prod")
    (account.checkout / "envs" / "prod" / "backend.hcl").write_text(settings)
    account.aws.client("s3").create_bucket(
        Bucket=BUCKET.replace("dev", "prod"),
        CreateBucketConfiguration={"LocationConstraint": server.REGION},
    )
    digest = sha256((account.checkout / "dist" / "manifest.json").read_bytes()).hexdigest()
    commands = block("make package")
    assert commands.count("=SHA256") == 2
    printed = account.run(
        commands.replace("SHA256", digest),
        TF_CLI_ARGS_plan=f"-no-color -target={PARTS['prod']}",
    )
    assert f"{digest}  dist/manifest.json" in printed
    assert '"aws_sqs_queue"' in account.state("prod", "prod")


def drifted(account: Account) -> None:
    """Do step 7, after somebody has changed a queue."""
    sqs = account.aws.client("sqs")
    (url,) = sqs.list_queues(QueueNamePrefix="orders-prod")["QueueUrls"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "5"})
    printed = account.run(f"! {block('make drift')}")
    heading, row, last = PAGE.read_text().partition("```text\n")[2].splitlines()[:3]
    shown = [re.split(r" {2,}", line.strip()) for line in printed.splitlines()]
    assert re.split(r" {2,}", heading) in shown
    (seen,) = [line for line in shown if line[1:2] == ["delay_seconds"]]
    assert seen[1:] == re.split(r" {2,}", row)[1:]
    assert last.partition(",")[0] in printed


def ended(account: Account) -> None:
    """Do step 8."""
    account.do("make destroy ENV=dev")
    assert '"resources": []' in account.state("dev", "dev")
    iam = account.aws.client("iam")
    roles = [role["RoleName"] for role in iam.list_roles()["Roles"]]
    assert [name for name in roles if name.startswith("orders-dev")] == []
