"""What resource policies let CloudFront do, and which functions it takes at the edge."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.credentials import Credentials

from tools.local_edge import access, associations
from tools.local_edge.distribution import Distribution
from tools.sigv4_verifier import Identity, Refused, Verifier

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
