"""What resource policies let CloudFront do, and which functions it takes at the edge."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.credentials import Credentials
from moto import mock_aws

from tools.local_edge import access, associations
from tools.local_edge.distribution import AccessControl, Behavior, Distribution, Origin
from tools.local_edge.policies import CachePolicy, Selection
from tools.sigv4_verifier import Identity, Refused, Verifier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.local_aws.server import Server

ARN = "arn:aws:cloudfront::123456789012:distribution/EDFDVBD6EXAMPLE"
DISTRIBUTION = Distribution("EDFDVBD6EXAMPLE", ARN, "d.cloudfront.net", frozenset(), "", "", ())
KEYS = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
HOST = "abcdefghijklmnopqrstuvwxyz012345.lambda-url.eu-central-1.on.aws"
VERIFIER = Verifier(
    [Identity(KEYS.access_key, KEYS.secret_key)], host=HOST, region="eu-central-1", service="lambda"
)


def statement(**changes: object) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "lambda:InvokeFunctionUrl",
        "Resource": "arn",
        "Condition": {"ArnLike": {"AWS:SourceArn": ARN}},
    } | changes


def allowed(*statements: dict[str, Any]) -> list[dict[str, Any]]:
    return access.for_cloudfront(json.dumps({"Statement": statements}), DISTRIBUTION)


@pytest.mark.parametrize("condition", [
    {"ArnLike": {"AWS:SourceArn": ARN}}, {"StringEquals": {"aws:SourceArn": [ARN, "other"]}},
    {"ArnEquals": {"aws:SourceArn": ARN}}, {"StringLike": {"AWS:SourceArn": f"{ARN[:-3]}*"}},
    {"StringEquals": {"AWS:SourceAccount": "123456789012"}}, {},
])  # fmt: skip
def test_statements_for_this_distribution_count(condition: dict[str, Any]) -> None:
    assert allowed(statement(Condition=condition)) == [
        {"Effect": "Allow", "Action": "lambda:InvokeFunctionUrl", "Resource": "arn"}
    ]


@pytest.mark.parametrize("change", [
    {"Principal": {"Service": "s3.amazonaws.com"}}, {"Principal": "*"},
    {"Principal": {"AWS": "123456789012"}},
    {"Condition": {"ArnLike": {"AWS:SourceArn": f"{ARN}X"}}},
    {"Condition": {"StringEquals": {"AWS:SourceArn": f"{ARN[:-3]}*"}}},
    {"Condition": {"StringEquals": {"AWS:SourceAccount": "another"}}},
    {"Condition": {"StringNotEquals": {"AWS:SourceArn": ARN}}},
])  # fmt: skip
def test_other_statements_do_not(change: dict[str, Any]) -> None:
    assert allowed(statement(**change)) == []


def test_other_conditions_stay() -> None:
    condition = {
        "ArnLike": {"AWS:SourceArn": ARN},
        "StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"},
    }
    (kept,) = allowed(statement(Condition=condition))
    assert kept["Condition"] == {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}


def test_a_function_url_wants_both_permissions() -> None:
    url, function = statement(), statement(Action="lambda:InvokeFunction")
    assert access.invoking(allowed(url)) == []
    assert access.invoking(allowed(function)) == []
    assert len(access.invoking(allowed(url, function))) == 2
    assert len(access.invoking(allowed(statement(Action="lambda:*")))) == 1
    denied = statement(Effect="Deny", Action="lambda:InvokeFunction")
    assert access.invoking(allowed(url, denied)) == []


class Counting:
    """A local AWS whose clients are counted, and whose connections that stay open are known."""

    def __init__(self) -> None:
        self.made: list[tuple[str, str]] = []
        self.closed: list[tuple[str, str]] = []

    def client(self, service: str, region: str = "eu-west-1") -> Any:  # noqa: ANN401  boto3's own
        made: Any = boto3.client(service, region_name=region)  # type: ignore[call-overload]
        self.made.append((service, region))
        end = made.close

        def close() -> None:
            self.closed.append((service, region))
            end()

        made.close = close
        return made


NONE = Selection("none")
BUCKETS = ("first", "second")


def behavior(bucket: str) -> Behavior:
    control = AccessControl("s3", "always")
    origin = Origin(f"{bucket}.s3.eu-west-1.amazonaws.com", {}, control)
    methods = frozenset({"GET"})
    cache = CachePolicy(NONE, NONE, NONE, 0.0, 0.0, 0.0, ())
    return Behavior(None, origin, "https-only", methods, methods, {}, cache, None, None)


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counting]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEYS.secret_key)
    with mock_aws():
        s3 = boto3.client("s3", region_name="eu-west-1")
        for bucket in BUCKETS:
            where: Any = {"LocationConstraint": "eu-west-1"}
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
            allows = statement(Action="s3:GetObject", Resource=f"arn:aws:s3:::{bucket}/*")
            document = json.dumps({"Version": "2012-10-17", "Statement": [allows]})
            s3.put_bucket_policy(Bucket=bucket, Policy=document)
        yield Counting()


def test_who_stands_for_cloudfront_asks_again_and_again_by_the_same_clients(
    counting: Counting,
) -> None:
    stand_in = access.StandIn(cast("Server", counting), DISTRIBUTION.id)
    distribution = replace(DISTRIBUTION, behaviors=tuple(behavior(name) for name in BUCKETS))
    counting.made.clear()
    for _ in range(3):
        stand_in.renew(distribution)
    assert sorted(counting.made) == [("iam", "eu-west-1"), ("s3", "eu-west-1")]
    assert counting.closed == []
    stand_in.close()
    assert sorted(counting.closed) == sorted(counting.made)
    # It goes on after that: the edge closes them between two looks.
    stand_in.renew(replace(DISTRIBUTION, behaviors=(behavior("first"),)))
    said: Any = boto3.client("iam").get_user_policy(UserName=stand_in.name, PolicyName="origins")
    (left,) = said["PolicyDocument"]["Statement"]
    assert left["Resource"] == "arn:aws:s3:::first/*"
    assert len(counting.made) == 2


def test_who_stands_for_cloudfront_leaves_no_connection_and_no_user(counting: Counting) -> None:
    stand_in = access.StandIn(cast("Server", counting), DISTRIBUTION.id)
    counting.made.clear()
    stand_in.renew(replace(DISTRIBUTION, behaviors=(behavior("first"),)))
    kept = list(counting.made)
    stand_in.remove()
    assert counting.closed == kept
    assert boto3.client("iam").list_users()["Users"] == []


def signed(body: bytes, *headers: tuple[str, str]) -> None:
    given = [("host", HOST), *headers]
    made = access.sign(KEYS, "POST", HOST, "/a%20b?c=%20&a=1", given, kind="lambda")
    VERIFIER.verify("POST", "/a%20b?c=%20&a=1", made, body, now=datetime.now(UTC))


def test_what_it_signs_for_a_function_url_is_right_with_the_hash_of_the_body() -> None:
    signed(b"")
    signed(b"body", ("x-amz-content-sha256", hashlib.sha256(b"body").hexdigest()))
    with pytest.raises(Refused):
        signed(b"body")


def test_the_viewers_signature_is_replaced() -> None:
    signed(b"", ("authorization", "forged"), ("x-amz-date", "forged"))


CONFIG: dict[str, Any] = {
    "Runtime": "python3.13", "Timeout": 5, "MemorySize": 128, "Architectures": ["x86_64"],
    "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": [], "VpcId": ""},
}  # fmt: skip


@pytest.mark.parametrize(("change", "reason"), [
    ({"Environment": {"Variables": {"A": "1"}}}, "it has Environment"),
    ({"Layers": [{"Arn": "x"}]}, "it has Layers"),
    ({"VpcConfig": {"SubnetIds": ["s"]}}, "it has VpcConfig"),
    ({"DeadLetterConfig": {"TargetArn": "x"}}, "it has DeadLetterConfig"),
    ({"Architectures": ["arm64"]}, "it is not for x86_64"),
    ({"Runtime": "java21"}, "its runtime is java21"),
    ({"PackageType": "Image"}, "it is an image"),
    ({"Timeout": 6}, "its timeout of 6 s is over the 5 s of viewer-request"),
    ({"MemorySize": 129}, "its memory of 129 MB is over the 128 MB of viewer-request"),
    ({"EphemeralStorage": {"Size": 513}}, "it has more than 512 MB of ephemeral storage"),
])  # fmt: skip
def test_what_cloudfront_does_not_take_at_the_edge(change: dict[str, Any], reason: str) -> None:
    assert list(associations.settings(CONFIG | change, "viewer-request")) == [reason]


def test_what_it_takes() -> None:
    assert not list(associations.settings(CONFIG, "viewer-request"))
    assert not list(associations.settings(CONFIG | {"Timeout": 30}, "origin-request"))
    assert list(associations.settings(CONFIG | {"Timeout": 31}, "origin-request"))
