"""What viewers, other distributions and whoever saw a request try, and how it ends."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import secrets
import sys
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e import faults
from tests.e2e import signing as signings
from tests.e2e.harmless_calls import DENIED, Call, calls_of
from tests.e2e.missed_permissions import answered_token
from tools.local_aws import logs, principals
from tools.local_aws.http import UrlClient
from tools.local_aws.server import ACCOUNT_ID, REGION
from tools.local_edge.client import Viewer
from tools.order_service.service import JSON, Service
from tools.paths import EDGE_SIGNER
from tools.sigv4_verifier import Identity, Refused, Verifier

sys.path.insert(0, str(EDGE_SIGNER))

import sigv4

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.conftest import Stack
    from tests.e2e.signing import Signed, Signing
    from tools.local_edge.server import Edge

EMPTY = hashlib.sha256().hexdigest()
SECOND = datetime.timedelta(seconds=1)
FIVE_MINUTES = 300 * SECOND
ALL_PATHS = ("/x", "/under/x", "/oac/x", "/hashed/x")


@pytest.fixture(autouse=True)
def _seen(echo: Viewer) -> None:
    """Let the edge have seen the distribution."""


# --- what a viewer sends --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        b"X-A: a\rX-Amz-Security-Token: forged",
        b"X-A: a\nX-Amz-Date: forged\r\nX-B: b",
        b"X-A: a\r\n X-Amz-Date: folded",
        b"X-A: a\0b",
        b"X-A : a",
        b"X A: a",
        b": a",
    ],
)
def test_no_line_of_a_header_makes_another(edge: Edge, signing: Signing, line: bytes) -> None:
    head = [b"GET /x HTTP/1.1", b"Host: " + signing.domain.encode(), line, b"Connection: close"]
    status, body = signings.raw(edge, signing.domain, head)
    if status == 200:  # a bare line feed ends a line, to some
        assert b"forged" not in body
    else:
        assert status == 400


@pytest.mark.parametrize("broken", ["a\nX-Amz-Date: forged", "a\r\nb: c", "a\r"])
def test_the_deployed_signer_sends_no_line_break_on(signing: Signing, broken: str) -> None:
    event = signing.event()
    headers = event["Records"][0]["cf"]["request"]["headers"]
    headers["x-a"] = [{"key": "X-A", "value": broken}]
    answer = signing.run_signer(event)
    assert answer["status"] == "400"
    assert "forged" not in json.dumps(answer)


@pytest.mark.parametrize("target", ["/a%0d%0aX-Amz-Date:%20forged", "/x?a=%0D%0AHost:%20evil%00"])
def test_an_encoded_line_break_stays_encoded(echo: Viewer, target: str) -> None:
    answer = echo.get(target)
    assert answer.status in {200, 400}
    if answer.status == 200:
        sent = answer.json()
        assert "forged" not in sent["headers"]["x-amz-date"]
        assert sent["headers"]["host"].endswith(".on.aws")


@pytest.mark.parametrize("length", [33_000, 70_000, 200_000])
def test_oversized_headers_are_refused(echo: Viewer, length: int) -> None:
    answer = echo.get("/x", X_Long="a" * length)
    assert answer.status in {400, 413, 431}
    assert echo.get("/x", X_Long="a" * 20_000).status == 200


def test_many_headers_are_refused_or_arrive(echo: Viewer) -> None:
    many = {f"X-{number}": "a" * 40 for number in range(400)}
    assert echo.request("GET", "/x", None, many).status in {200, 400, 413, 431, 494}
    assert echo.request("GET", "/x", None, dict(list(many.items())[:50])).status == 200


@pytest.mark.parametrize(
    "path",
    [
        b"/under/../../../etc/passwd",
        b"/under/%2e%2e/%2E%2e/etc",
        b"/under/.%2e/..%2f../etc",
        b"/under//..//../etc",
        b"/under/..;/..;x=/etc",
        b"/under/%252e%252e/etc",
        b"/under/..%5c..%5cetc",
        b"/under/./.././../etc",
        b"/under/%c0%ae%c0%ae/etc",
    ],
)
def test_no_path_climbs_out_of_the_origin_path(edge: Edge, signing: Signing, path: bytes) -> None:
    head = [b"GET %b HTTP/1.1" % path, b"Host: " + signing.domain.encode(), b"Connection: close"]
    status, body = signings.raw(edge, signing.domain, head)
    assert status in {200, 400, 403}, body
    if status == 200:
        assert json.loads(body)["path"].startswith("/v1/stage~a/")


def test_a_forged_host_reaches_no_distribution(edge: Edge, signing: Signing) -> None:
    get, own = b"GET /x HTTP/1.1", b"Host: " + signing.domain.encode()
    for hosts in (
        [b"Host: evil.example.com"],
        [b"Host: " + signing.host.encode()],
        [own, b"Host: evil.example.com"],
        [b"Host: evil.example.com", own],
        [b"Host:"],
        [],
    ):
        status, _ = signings.raw(edge, signing.domain, [get, *hosts, b"Connection: close"])
        assert status in {400, 403}, hosts


def test_a_host_in_the_target_or_another_header_changes_nothing(
    edge: Edge, signing: Signing, echo: Viewer
) -> None:
    own = b"Host: " + signing.domain.encode()
    absolute = [b"GET https://evil.example.com/x HTTP/1.1", own, b"Connection: close"]
    status, body = signings.raw(edge, signing.domain, absolute)
    if status == 200:
        assert json.loads(body)["headers"]["host"] == signing.host
    sent = echo.get("/x", X_Forwarded_Host="evil.example.com", Forwarded="host=evil").json()
    assert sent["headers"]["host"] == signing.host


@pytest.mark.parametrize(
    "head",
    [
        [b"Content-Length: 3", b"Transfer-Encoding: chunked"],
        [b"Content-Length: 3", b"Content-Length: 4"],
        [b"Content-Length: -1"],
        [b"Content-Length: 3_0"],
        [b"Transfer-Encoding: xchunked"],
    ],
)
def test_nobody_smuggles_a_second_request(edge: Edge, signing: Signing, head: list[bytes]) -> None:
    own = b"Host: " + signing.domain.encode()
    body = b"0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    lines = [b"POST /x HTTP/1.1", own, *head, b"Connection: close"]
    status, answer = signings.raw(edge, signing.domain, lines, body)
    assert status in {0, 400, 403, 411, 501}, answer


FORGED = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=AKIAFORGED/20260101/eu-west-1/lambda/aws4_request"
    f", SignedHeaders=host, Signature={'0' * 64}",
    "X-Amz-Content-Sha256": "0" * 64,
    "X-Amz-Date": "20200101T000000Z",
    "X-Amz-Invocation-Type": "Event",
    "X-Amz-Log-Type": "Tail",
    "X-Amz-Security-Token": "forged",
    "Date": "Wed, 01 Jan 2020 00:00:00 GMT",
}


@pytest.mark.parametrize("path", ALL_PATHS)
def test_forged_headers_of_a_signature_change_nothing(echo: Viewer, path: str) -> None:
    target = f"{path}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0&a=1"
    target = target if path in {"/x", "/under/x"} else path
    forged = {k: v for k, v in FORGED.items() if path != "/oac/x" or k != "X-Amz-Content-Sha256"}
    answer = echo.request("GET", target, None, forged)
    assert answer.status == 200, answer.body
    sent = answer.json()
    assert "AKIAFORGED" not in sent["headers"]["authorization"]
    assert sent["headers"].get("x-amz-security-token") != "forged"
    assert not sent["headers"]["x-amz-date"].startswith("2020")
    if path in {"/x", "/under/x"}:
        assert sent["query"] == "a=1"
        assert not {"x-amz-invocation-type", "x-amz-log-type"} & set(sent["headers"])
        assert sent["headers"]["x-forwarded-authorization"] == FORGED["Authorization"]


def test_the_viewers_authorization_arrives_under_its_other_name(echo: Viewer) -> None:
    def forwarded(**headers: str) -> str | None:
        sent = echo.get("/x", **headers).json()["headers"]
        value: str | None = sent.get("x-forwarded-authorization")
        return value

    forged = "X_Forwarded_Authorization"
    assert forwarded() is None
    assert forwarded(Authorization="Bearer mine") == "Bearer mine"
    assert forwarded(**{forged: "Bearer forged"}) is None
    assert forwarded(**{"Authorization": "Bearer mine", forged: "Bearer forged"}) == "Bearer mine"


def test_a_custom_header_of_the_distribution_cannot_be_forged(echo: Viewer) -> None:
    for value in ("forged", ""):
        assert echo.get("/x", X_From=value).json()["headers"]["x-from"] == "the-distribution"


# --- what somebody on the way has seen ------------------------------------------------------------


@pytest.fixture
def captured(signing: Signing) -> Signed:
    """A request as the deployed signer has just sent it on."""
    return signing.capture("POST", "/orders?a=1", b'{"quantity": 1}')


def test_what_was_captured_is_right_as_it_is(signing: Signing, captured: Signed) -> None:
    status, body = signing.send(captured)
    assert status == 200
    assert json.loads(body)["sha256"] == hashlib.sha256(captured.body).hexdigest()


@pytest.mark.parametrize(
    "change",
    [
        {"body": b'{"quantity": 9}'},
        {"body": b""},
        {"target": "/orders?a=2"},
        {"target": "/orders?a=1&a=1"},
        {"target": "/orders"},
        {"target": "/order"},
        {"target": "/orders/?a=1"},
        {"method": "PUT"},
    ],
    ids=str,
)
def test_nothing_else_can_be_asked_with_it(
    signing: Signing, captured: Signed, change: dict[str, Any]
) -> None:
    assert signing.send(captured._replace(**change))[0] == 403


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("authorization", None),
        ("x-amz-content-sha256", EMPTY),
        ("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
        ("x-amz-date", "20260101T000000Z"),
        ("x-amz-security-token", None),
        ("x-amz-security-token", "another"),
    ],
)
def test_none_of_its_signed_headers_can_be_changed(
    signing: Signing, captured: Signed, name: str, value: str | None
) -> None:
    headers = {k: v for k, v in captured.headers.items() if k != name}
    headers |= {} if value is None else {name: value}
    assert signing.send(captured._replace(headers=headers))[0] == 403


def test_it_is_for_one_function_url_only(signing: Signing, captured: Signed, stack: Stack) -> None:
    other = stack.outputs["apis"]["url"]["url"].split("/")[2]
    assert signing.send(captured, host=other)[0] == 403


def test_it_is_over_after_five_minutes(signing: Signing) -> None:
    # The local AWS's clock is this machine's: a request of then comes now. Its signer is the
    # deployed one's code, with the keys of a user who may call as the edge may.
    grants = {"echo": signing.outputs["echo"]["grant"]}
    keys = principals.user(signing.local, "tests-replay", grants).credentials
    mine = sigv4.Credentials(keys.access_key, keys.secret_key)
    ages = {290 * SECOND: 200, 310 * SECOND: 403, datetime.timedelta(days=1): 403}
    for age, status in ages.items():
        then = datetime.datetime.now(datetime.UTC) - age
        assert signing.send(of_then(signing.host, mine, then))[0] == status, age


def of_then(host: str, keys: sigv4.Credentials, then: datetime.datetime) -> Signed:
    """Return a request that was signed then."""
    own = [("host", host), ("x-amz-content-sha256", EMPTY), ("x-amz-date", sigv4.amz_date(then))]
    signed = sigv4.sign(
        "GET", "/", "", own, EMPTY,
        credentials=keys, region=REGION, service="lambda", timestamp=then,
    )  # fmt: skip
    return signings.Signed("GET", "/", {**dict(own), "authorization": signed.authorization}, b"")


def test_the_verifier_ends_it_to_the_second() -> None:
    host, keys = f"abc.lambda-url.{REGION}.on.aws", ("AKIAIOSFODNN7EXAMPLE", "secret")
    then = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    sent = of_then(host, sigv4.Credentials(*keys), then)
    verifier = Verifier([Identity(*keys)], host=host, region=REGION, service="lambda")
    arrived = ("GET", "/", list(sent.headers.items()), b"")
    for late in (0 * SECOND, FIVE_MINUTES, -FIVE_MINUTES):
        assert verifier.verify(*arrived, now=then + late)
    for late in (FIVE_MINUTES + SECOND, -FIVE_MINUTES - SECOND):
        with pytest.raises(Refused, match="expired"):
            verifier.verify(*arrived, now=then + late)


# --- another distribution -------------------------------------------------------------------------


@pytest.fixture
def another(edge: Edge, signing: Signing) -> Iterator[Viewer]:
    """A distribution that is the same in all but its ARN."""
    client = signing.local.client("cloudfront")
    config = client.get_distribution_config(Id=signing.outputs["cdn"]["id"])["DistributionConfig"]
    config |= {"CallerReference": secrets.token_hex(8), "Comment": "another"}
    made = client.create_distribution(DistributionConfig=config)
    distribution = made["Distribution"]
    edge.refresh()
    viewer = Viewer(edge.port, edge.ca_bundle, distribution["DomainName"])
    yield viewer
    viewer.close()
    off = client.update_distribution(
        Id=distribution["Id"], IfMatch=made["ETag"], DistributionConfig=config | {"Enabled": False}
    )
    client.delete_distribution(Id=distribution["Id"], IfMatch=off["ETag"])
    edge.refresh()


def test_another_distributions_access_control_is_refused(another: Viewer, echo: Viewer) -> None:
    for path in ("/oac/x", "/hashed/x"):
        assert echo.get(path).status == 200
        assert another.get(path).status == 403


def test_another_distribution_does_not_get_the_pages(
    website: Viewer, stack: Stack, edge: Edge
) -> None:
    client = stack.local.client("cloudfront")
    config = client.get_distribution_config(Id=stack.outputs["cdn"]["id"])["DistributionConfig"]
    config |= {"CallerReference": secrets.token_hex(8), "Comment": "another"}
    made = client.create_distribution(DistributionConfig=config)
    try:
        edge.refresh()
        other = Viewer(edge.port, edge.ca_bundle, made["Distribution"]["DomainName"])
        assert website.get("/index.html").status == 200
        assert other.get("/index.html").status == 403
        other.close()
    finally:
        identity = made["Distribution"]["Id"]
        off = client.update_distribution(
            Id=identity, IfMatch=made["ETag"], DistributionConfig=config | {"Enabled": False}
        )
        client.delete_distribution(Id=identity, IfMatch=off["ETag"])
        edge.refresh()


# --- what is written down -------------------------------------------------------------------------


def logged(stack: Stack, since: float) -> str:
    """Return all that was logged since then: by functions, by edges, by the local AWS."""
    texts = [path.read_text(errors="replace") for path in stack.local.home.glob("*.log")]
    for region in (REGION, signings.EDGE_REGION):
        client = stack.local.client("logs", region)
        for page in client.get_paginator("describe_log_groups").paginate():
            for group in page["logGroups"]:
                texts += logs.messages(client, group["logGroupName"], since=since)
    return "\n".join(texts)


def test_no_log_has_a_token_a_secret_or_a_signature(
    stack: Stack, signing: Signing, echo: Viewer, website: Viewer
) -> None:
    since = time.time() - 1
    mark = secrets.token_hex(8)
    mine = {
        "Authorization": f"Bearer {mark}-token",
        "Cookie": f"session={mark}-cookie",
        "X-Amz-Security-Token": f"{mark}-forged",
        "X-Api-Key": f"{mark}-key",
    }
    body, large = f'{{"a": "{mark}-body"}}'.encode(), mark.encode() * 100_000
    seen = []
    for path in ALL_PATHS:
        seen.append(echo.request("POST", path, body, mine))
        seen.append(echo.request("GET", f"{path}?a={mark}-query", None, mine))
        seen.append(echo.request("POST", path, large, mine))
    for target in ("/api/orders", "/api/orders/x", f"/api/no/{mark}-path"):
        seen.append(website.request("POST", target, body, mine | JSON))
        seen.append(website.request("GET", target, None, mine))
    assert {200, 403, 404, 413} <= {answer.status for answer in seen}
    # The signer refuses, fails, and has nothing to sign with.
    event = signing.event("POST", f"/{mark}-path?a={mark}-query", body)
    request = event["Records"][0]["cf"]["request"]
    request["headers"] |= {
        name.lower(): [{"key": name, "value": value}] for name, value in mine.items()
    }
    for spoil in (
        {"body": {**request["body"], "data": f"{mark}-body!"}},
        {"body": {**request["body"], "encoding": f"{mark}-body"}},
        {"origin": {"custom": {"domainName": f"{mark}-domain.example.com"}}},
        {"headers": {"x-a": [{"key": "X-A", "value": f"{mark}\n"}]}},
        {"headers": {"x-a": [{"key": "X-A", "wrong": f"{mark}"}]}},
        {"querystring": None, "uri": f"/{mark}"},
    ):
        changed = {"Records": [{"cf": {"request": {**request, **spoil}}}]}
        assert "status" in signing.run_signer(changed)
    captured = signing.capture()
    written = logged(stack, since)
    # It is the log of what was just done.
    assert '"reason": "the body is over 1 MB' in written
    assert "/aws/lambda/" not in mark
    assert mark not in written
    for name in ("authorization", "x-amz-security-token"):
        assert captured.headers[name] not in written
    assert captured.headers["authorization"].rpartition("=")[2] not in written
    assert "AWS4-HMAC-SHA256 Credential=" not in written
    tokens = [a.json()["headers"].get("x-amz-security-token") for a in seen if is_echo(a.body)]
    signatures = [a.json()["headers"]["authorization"] for a in seen if is_echo(a.body)]
    assert len(signatures) >= 6
    for value in [*filter(None, tokens), *(s.rpartition("=")[2] for s in signatures)]:
        assert value not in written


def is_echo(body: bytes) -> bool:
    """Tell whether an answer is that of the function that tells what arrived."""
    return body.startswith(b'{"method"')


# --- what the signer's role may do ----------------------------------------------------------------

MAY = {("own log", f"logs:{action}") for action in ("CreateLogStream", "PutLogEvents")}
# In regions where nobody has made it. AWS names the group with what is in it (<group>:log-stream:),
# the local AWS without: not tried.
MAY_MAKE_ITS_GROUP = "logs:CreateLogGroup"


def edge_calls(stack: Stack) -> list[Call]:
    """Return what somebody who holds the role could want of the edge and of the account."""
    name, cdn = edge_name(stack), stack.outputs["cdn"]
    arn = f"arn:aws:lambda:{signings.EDGE_REGION}:{ACCOUNT_ID}:function:{name}"
    role = f"arn:aws:iam::{ACCOUNT_ID}:role/{name}"
    asked: list[tuple[str, str, str, str, dict[str, Any]]] = [
        ("another group", "logs:CreateLogGroup", "logs", "create_log_group",
         {"logGroupName": "/aws/lambda/another"}),
        ("edge", "lambda:GetFunction", "lambda", "get_function", {"FunctionName": arn}),
        ("edge", "lambda:InvokeFunction", "lambda", "invoke",
         {"FunctionName": arn, "InvocationType": "DryRun"}),
        ("edge", "lambda:UpdateFunctionCode", "lambda", "update_function_code",
         {"FunctionName": arn, "ZipFile": "", "DryRun": True}),
        ("edge", "lambda:PublishVersion", "lambda", "publish_version",
         {"FunctionName": arn, "CodeSha256": "none"}),
        ("account", "lambda:ListFunctions", "lambda", "list_functions", {"MaxItems": 1}),
        ("cdn", "cloudfront:GetDistribution", "cloudfront", "get_distribution", {"Id": cdn["id"]}),
        ("cdn", "cloudfront:ListDistributions", "cloudfront", "list_distributions", {}),
        ("cdn", "cloudfront:DeleteDistribution", "cloudfront", "delete_distribution",
         {"Id": cdn["id"], "IfMatch": "none"}),
        ("pages", "s3:GetObject", "s3", "get_object",
         {"Bucket": cdn["bucket"], "Key": "index.html"}),
        ("pages", "s3:ListBucket", "s3", "list_objects_v2", {"Bucket": cdn["bucket"]}),
        ("own role", "sts:AssumeRole", "sts", "assume_role",
         {"RoleArn": role, "RoleSessionName": "tests"}),
        ("own role", "iam:GetRole", "iam", "get_role", {"RoleName": name}),
        ("own role", "iam:PutRolePolicy", "iam", "put_role_policy",
         {"RoleName": name, "PolicyName": "none", "PolicyDocument": "none"}),
        ("account", "iam:ListRoles", "iam", "list_roles", {"MaxItems": 1}),
        ("account", "kms:ListKeys", "kms", "list_keys", {"Limit": 1}),
        ("account", "secretsmanager:ListSecrets", "secretsmanager", "list_secrets",
         {"MaxResults": 1}),
        ("account", "ssm:DescribeParameters", "ssm", "describe_parameters", {"MaxResults": 1}),
    ]  # fmt: skip
    return [Call(*each) for each in asked]


def edge_name(stack: Stack) -> str:
    """Return the name of the order service's edge function, which is its role's."""
    config = stack.local.client("cloudfront").get_distribution_config(
        Id=stack.outputs["cdn"]["id"]
    )["DistributionConfig"]
    behavior = config["CacheBehaviors"]["Items"][0]
    arn: str = behavior["LambdaFunctionAssociations"]["Items"][0]["LambdaFunctionARN"]
    return arn.split(":")[6]


def zipped(name: str, text: bytes) -> bytes:
    """Return a zip of one file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, text)
    return packed.getvalue()


@pytest.fixture
def as_the_signer(stack: Stack) -> Iterator[Any]:
    """A function with the signer's role that makes calls, in the region of what they are about."""
    client, name = stack.local.client("lambda"), f"tests-{secrets.token_hex(4)}"
    probe = (Path(faults.__file__).parent / "probe.py").read_bytes()
    client.create_function(
        FunctionName=name, Runtime="python3.13", Handler="probe.handler", Timeout=60,
        Role=f"arn:aws:iam::{ACCOUNT_ID}:role/{edge_name(stack)}",
        Code={"ZipFile": zipped("probe.py", probe)},
    )  # fmt: skip

    def codes(calls: list[Call]) -> list[str | None]:
        found: list[str | None] = []
        for first in range(0, len(calls), 60):
            some = [call.event() for call in calls[first : first + 60]]
            answer = client.invoke(FunctionName=name, Payload=json.dumps({"calls": some}).encode())
            found += json.loads(answer["Payload"].read())
        return found

    yield codes
    client.delete_function(FunctionName=name)


def test_the_signers_role_may_sign_and_log_and_nothing_else(
    stack: Stack,
    service: Service,
    as_the_signer: Any,  # noqa: ANN401
) -> None:
    own = {"edge": f"{signings.EDGE_REGION}.{edge_name(stack)}"}
    outputs = {**service.outputs, "functions": service.outputs["functions"] | own}
    seen_by = Service(stack.local, outputs, "tests-signer")
    calls = [*calls_of(seen_by, "edge", answered_token(service)), *edge_calls(stack)]
    assert len(calls) > 190
    codes = as_the_signer(calls)
    allowed = {call.key for call, code in zip(calls, codes, strict=True) if code not in DENIED}
    assert allowed == MAY


def test_the_signers_policy_has_no_action_besides(stack: Stack) -> None:
    iam, role = stack.local.client("iam"), edge_name(stack)
    assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []
    assert iam.list_role_policies(RoleName=role)["PolicyNames"] == ["execution"]
    policy = iam.get_role_policy(RoleName=role, PolicyName="execution")["PolicyDocument"]
    actions = {action for s in policy["Statement"] for action in s["Action"]}
    assert actions == {action for _, action in MAY} | {
        "lambda:InvokeFunction", "lambda:InvokeFunctionUrl", MAY_MAKE_ITS_GROUP,
    }  # fmt: skip
    invoking = [s for s in policy["Statement"] if "lambda" in s["Action"][0]]
    assert all(s["Resource"] == [invoking[0]["Resource"][0]] for s in invoking)
    assert invoking[0]["Resource"][0].endswith(":live")
    trust = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]["Statement"]
    assert [s["Principal"] for s in trust] == [
        {"Service": ["edgelambda.amazonaws.com", "lambda.amazonaws.com"]}
    ]


def test_a_stranger_of_the_account_is_not_let_in(signing: Signing) -> None:
    stranger = principals.user(signing.local, "tests-no-signer", {}).credentials
    client = UrlClient(signing.local, f"https://{signing.host}/", stranger)
    assert client.request("GET", "/").status == 403
