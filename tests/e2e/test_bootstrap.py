"""What is there before the first environment: state buckets, and roles that deploy one of them.

On a local AWS of its own. A token is only read there and not verified; what it says is held against
the role's trust, as AWS does.
"""

from __future__ import annotations

import base64
import json
import stat
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from tests.copies import run
from tools.local_aws import server
from tools.paths import CACHE, DIST, ROOT
from tools.terraform import drift
from tools.terraform.core import find_core
from tools.terraform.environments import environment
from tools.terraform.runner import Terraform
from tools.terraform.saved import PLANS

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

SAVED = PLANS / "bootstrap.local-aws"
HOME = CACHE / "tests" / "e2e" / "bootstrap"
ISSUER = "https://token.actions.githubusercontent.com"
SUBJECT = "repo:your-organization/lambda-blueprints:environment:"
PREFIX = "orders-dev"
STATE = "lambda-blueprints/dev/terraform.tfstate"


@dataclass(frozen=True)
class Bootstrap:
    """The applied root, and what it put out."""

    local: server.Server
    outputs: dict[str, Any]
    saved_modes: list[str]
    applied: str
    second_plan_changes: bool

    def take(self, kind: str, subject: str, audience: str = "sts.amazonaws.com") -> Credentials:
        """Take a role of dev, as a job whose token says `subject`."""
        claims = {"iss": ISSUER, "aud": audience, "sub": subject}
        parts = [
            base64.urlsafe_b64encode(json.dumps(p).encode()) for p in ({"alg": "none"}, claims)
        ]
        taken = self.local.client("sts").assume_role_with_web_identity(
            RoleArn=self.outputs["roles"]["dev"][kind],
            RoleSessionName="tests",
            WebIdentityToken=".".join([part.decode().rstrip("=") for part in parts] + ["none"]),
        )["Credentials"]
        return Credentials(taken["AccessKeyId"], taken["SecretAccessKey"], taken["SessionToken"])

    def client(self, service: str, credentials: Credentials) -> Any:  # noqa: ANN401  boto3's
        return self.local.client(service, credentials=credentials)

    def terraform(self, credentials: Credentials, boundary: str | None, data: Path) -> Terraform:
        """Terraform in a small root of dev, as whoever has taken a role, on dev's own state."""
        frozen = {
            "AWS_ACCESS_KEY_ID": credentials.access_key,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
            "AWS_SESSION_TOKEN": credentials.token or "",
        }
        variables = {
            "permissions_boundary": boundary or "null",
            "prefix": PREFIX,
            "region": server.REGION,
            "zip": str(DIST / "order_notifier.zip"),
        }
        root = ROOT / "tests" / "e2e" / "roots" / "deployed"
        made = Terraform(find_core(), root, data)
        given = self.local.apply_to(made.environment) | frozen
        given |= {f"TF_VAR_{name}": value for name, value in variables.items()}
        made = Terraform(made.core, root, data, given)
        made.init(
            f"-backend-config=bucket={self.outputs['buckets']['dev']}",
            f"-backend-config=key={STATE}",
            f"-backend-config=region={server.REGION}",
        )
        return made


def command(verb: str) -> subprocess.CompletedProcess[str]:
    """Run what ``make VERB ENV=bootstrap AWS=local`` runs."""
    called = (sys.executable, "-m", "tools.terraform", verb, "bootstrap")
    return run(ROOT, *called, AWS="local", LOCAL_AWS_HOME=str(HOME))


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[Bootstrap]:
    server.down(HOME)
    running, _ = server.up(HOME)
    try:
        planned = command("plan")
        modes = [oct(stat.S_IMODE(path.stat().st_mode)) for path in SAVED.iterdir()]
        applied = command("apply")
        assert (planned.returncode, applied.returncode) == (0, 0), planned.stderr + applied.stderr
        env = environment("bootstrap", on=running)
        env.init()
        changes = env.terraform.plan(HOME / "second.tfplan")
        yield Bootstrap(running, env.terraform.outputs(), modes, applied.stdout, changes)
    finally:
        server.down(HOME)


@pytest.fixture(scope="module")
def apply_role(bootstrap: Bootstrap) -> Credentials:
    return bootstrap.take("apply", f"{SUBJECT}dev")


@pytest.fixture(scope="module")
def plan_role(bootstrap: Bootstrap) -> Credentials:
    return bootstrap.take("plan", f"{SUBJECT}dev-plan")


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return str(caught.value.response["Error"]["Code"])


def test_the_second_plan_changes_nothing(bootstrap: Bootstrap) -> None:
    assert not bootstrap.second_plan_changes


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("apply", f"{SUBJECT}dev-plan"),
        ("apply", f"{SUBJECT}prod"),
        ("apply", f"{SUBJECT}dev-evil"),
        ("apply", "repo:your-organization/lambda-blueprints:ref:refs/heads/main"),
        ("apply", "repo:another/lambda-blueprints:environment:dev"),
        ("plan", f"{SUBJECT}dev"),
    ],
)
def test_a_role_is_taken_by_its_own_subject_only(
    bootstrap: Bootstrap, kind: str, subject: str
) -> None:
    assert refused(lambda: bootstrap.take(kind, subject)) == "AccessDenied"


def test_a_token_for_somebody_else_takes_no_role(bootstrap: Bootstrap) -> None:
    assert refused(lambda: bootstrap.take("apply", f"{SUBJECT}dev", "another")) == "AccessDenied"


def test_the_plan_that_was_saved_for_nobody_else_to_read_is_what_was_applied(
    bootstrap: Bootstrap,
) -> None:
    assert bootstrap.saved_modes == ["0o600", "0o600"]
    assert "apply: the plan of 20" in bootstrap.applied
    # Applied once, and gone.
    assert not SAVED.exists()


def test_the_apply_role_applies_and_the_plan_role_plans_the_same_and_sees_drift(
    bootstrap: Bootstrap, apply_role: Credentials, plan_role: Credentials, tmp_path: Path
) -> None:
    boundary = bootstrap.outputs["boundaries"]["dev"]
    bootstrap.terraform(apply_role, boundary, tmp_path / "apply").run("apply", "-auto-approve")
    planning = bootstrap.terraform(plan_role, boundary, tmp_path / "plan")
    assert not planning.plan(tmp_path / "second.tfplan")
    sqs = bootstrap.local.client("sqs")
    url = sqs.get_queue_url(QueueName=f"{PREFIX}-orders-in")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "5"})
    assert drift.look(planning) == [
        drift.Difference("module.orders_in.aws_sqs_queue.queue", "delay_seconds", "0", "5")
    ]


def test_the_apply_role_destroys_what_it_has_applied(
    bootstrap: Bootstrap, apply_role: Credentials, tmp_path: Path
) -> None:
    boundary = bootstrap.outputs["boundaries"]["dev"]
    applying = bootstrap.terraform(apply_role, boundary, tmp_path / "destroy")
    applying.run("apply", "-auto-approve")
    applying.run("destroy", "-auto-approve")
    state = {"Bucket": bootstrap.outputs["buckets"]["dev"], "Key": STATE}
    kept = json.loads(bootstrap.local.client("s3").get_object(**state)["Body"].read())
    assert kept["resources"] == []


def test_the_apply_role_deletes_versions_of_the_website_and_of_no_other_bucket(
    bootstrap: Bootstrap, apply_role: Credentials
) -> None:
    owner, applying = bootstrap.local.client("s3"), bootstrap.client("s3", apply_role)
    versions = {}
    for bucket in (f"{PREFIX}-site-tests", f"{PREFIX}-uploads-tests"):
        where = {"LocationConstraint": server.REGION}
        owner.create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
        owner.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        kept = owner.put_object(Bucket=bucket, Key="a", Body=b"")
        versions[bucket] = {"Bucket": bucket, "Key": "a", "VersionId": kept["VersionId"]}
    site, uploads = versions.values()
    assert applying.list_object_versions(Bucket=site["Bucket"])["Versions"]
    assert applying.delete_object(**site)
    listing = refused(lambda: applying.list_object_versions(Bucket=uploads["Bucket"]))
    assert (listing, refused(lambda: applying.delete_object(**uploads))) == ("AccessDenied",) * 2


def test_the_apply_role_makes_no_role_without_the_boundary(
    bootstrap: Bootstrap, apply_role: Credentials
) -> None:
    iam = bootstrap.client("iam", apply_role)
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    name = {"RoleName": f"{PREFIX}-free", "AssumeRolePolicyDocument": trust}
    boundaries = bootstrap.outputs["boundaries"]
    assert refused(lambda: iam.create_role(**name)) == "AccessDenied"
    other = {"PermissionsBoundary": boundaries["prod"]}
    assert refused(lambda: iam.create_role(**name, **other)) == "AccessDenied"
    assert iam.create_role(**name, PermissionsBoundary=boundaries["dev"])
    take_off = {"RoleName": f"{PREFIX}-free"}
    assert refused(lambda: iam.delete_role_permissions_boundary(**take_off)) == "AccessDenied"


def test_the_apply_role_does_not_change_itself_or_its_boundary(
    bootstrap: Bootstrap, apply_role: Credentials
) -> None:
    iam = bootstrap.client("iam", apply_role)
    own = bootstrap.outputs["roles"]["dev"]["apply"].rsplit("/", 1)[1]
    everything = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
        }
    )
    put = {"RoleName": own, "PolicyName": "more", "PolicyDocument": everything}
    assert refused(lambda: iam.put_role_policy(**put)) == "AccessDenied"
    boundary = {"PolicyArn": bootstrap.outputs["boundaries"]["dev"]}
    version = {"PolicyDocument": everything, "SetAsDefault": True}
    assert refused(lambda: iam.create_policy_version(**boundary, **version)) == "AccessDenied"


def test_the_apply_role_of_one_environment_reaches_no_other(
    bootstrap: Bootstrap, apply_role: Credentials
) -> None:
    sqs, s3 = bootstrap.client("sqs", apply_role), bootstrap.client("s3", apply_role)
    assert "AccessDenied" in refused(lambda: sqs.create_queue(QueueName="orders-prod-orders"))
    prod = {"Bucket": bootstrap.outputs["buckets"]["prod"], "Key": STATE.replace("dev", "prod")}
    assert refused(lambda: s3.get_object(**prod)) == "AccessDenied"
    assert refused(lambda: s3.put_object(**prod, Body=b"")) == "AccessDenied"


def test_the_plan_role_locks_the_state_and_does_not_write_it(
    bootstrap: Bootstrap, plan_role: Credentials
) -> None:
    s3 = bootstrap.client("s3", plan_role)
    bucket = {"Bucket": bootstrap.outputs["buckets"]["dev"]}
    assert s3.put_object(**bucket, Key=f"{STATE}.tflock", Body=b"")
    assert s3.delete_object(**bucket, Key=f"{STATE}.tflock")
    assert refused(lambda: s3.put_object(**bucket, Key=STATE, Body=b"")) == "AccessDenied"


def test_the_plan_role_changes_nothing(bootstrap: Bootstrap, plan_role: Credentials) -> None:
    sqs = bootstrap.client("sqs", plan_role)
    assert "AccessDenied" in refused(lambda: sqs.create_queue(QueueName=f"{PREFIX}-orders"))
