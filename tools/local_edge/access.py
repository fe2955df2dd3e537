"""Origin access control: CloudFront's signature, by a user who may do what CloudFront may.

The local AWS cannot check a signature of CloudFront's own. So an IAM user stands for CloudFront on
behalf of one distribution, and may do what the resource policies of the origins let
cloudfront.amazonaws.com do for that distribution, and nothing else.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
"""

from __future__ import annotations

import fnmatch
import itertools
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.auth import EMPTY_SHA256_HASH, UNSIGNED_PAYLOAD, S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError

from tools.local_aws import principals
from tools.local_aws.server import REGION
from tools.local_edge import headers as http

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from botocore.credentials import Credentials

    from tools.local_aws.server import Server
    from tools.local_edge.distribution import Distribution
    from tools.local_edge.headers import Headers

CLOUDFRONT = "cloudfront.amazonaws.com"
# A function URL wants both of its caller.
INVOKE = frozenset({"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"})
FUNCTION_URL = re.compile(r"[a-z0-9]+\.lambda-url\.(?P<region>[a-z0-9-]+)\.on\.aws")
BUCKET = re.compile(
    r"(?P<bucket>[a-z0-9][a-z0-9-]+)\.s3(\.(?P<region>[a-z0-9-]+))?\.amazonaws\.com"
)

Statement = dict[str, Any]
_numbers = itertools.count()


class _ForFunction(SigV4Auth):
    """SigV4 as CloudFront has it for function URLs: it takes the viewer's word for the body."""

    def payload(self, request: AWSRequest) -> str:
        """Return the hash that the viewer sent, else that of no body."""
        return str(request.headers.get("x-amz-content-sha256") or EMPTY_SHA256_HASH)


class _ForBucket(S3SigV4Auth):
    """SigV4 as CloudFront has it for S3: it does not read the bodies that it sends there."""

    def payload(self, request: AWSRequest) -> str:  # noqa: ARG002  botocore's own
        """Return what stands for any body."""
        return UNSIGNED_PAYLOAD


def sign(  # noqa: PLR0913  a signature covers that much
    credentials: Credentials, method: str, host: str, target: str, headers: Headers, *, kind: str
) -> Headers:
    """Return the headers of a request to an origin with CloudFront's signature.

    Parameters
    ----------
    kind
        ``lambda`` or ``s3``.
    """
    region = _region(host)
    kept = http.without(headers, "authorization", "x-amz-date", "x-amz-security-token")
    given = http.first(kept, "x-amz-content-sha256")
    request = AWSRequest(method, f"https://{host}{target}", headers={"Host": host})
    if kind == "s3":
        kept = http.replaced(kept, "x-amz-content-sha256", UNSIGNED_PAYLOAD)
        _ForBucket(credentials, "s3", region).add_auth(request)
    else:
        if given:
            request.headers["x-amz-content-sha256"] = given
        _ForFunction(credentials, "lambda", region).add_auth(request)
    for name in ("authorization", "x-amz-date", "x-amz-security-token"):
        if value := request.headers.get(name):
            kept.append((name, str(value)))
    return kept


def _region(host: str) -> str:
    match = FUNCTION_URL.fullmatch(host) or BUCKET.fullmatch(host)
    return (match["region"] if match else None) or "us-east-1"


def for_cloudfront(policy: str | None, distribution: Distribution) -> list[Statement]:
    """Return a resource policy's statements for CloudFront on behalf of one distribution.

    Without their principal, and without the conditions that hold for the distribution.
    """
    kept = []
    for statement in json.loads(policy or "{}").get("Statement", []):
        if CLOUDFRONT not in _listed(_services(statement.get("Principal"))):
            continue
        account = distribution.arn.split(":")[4]
        sources = {"aws:sourcearn": distribution.arn, "aws:sourceaccount": account}
        conditions = _left_over(statement.get("Condition", {}), sources)
        if conditions is not None:
            part = {k: v for k, v in statement.items() if k not in {"Principal", "Condition"}}
            kept.append(part | ({"Condition": conditions} if conditions else {}))
    return kept


def invoking(statements: Iterable[Statement]) -> list[Statement]:
    """Return the statements if they allow all that a function URL wants, else none."""
    statements = list(statements)
    allowed = {
        action
        for statement in statements
        if statement["Effect"] == "Allow"
        for action in INVOKE
        if any(fnmatch.fnmatchcase(action, given) for given in _listed(statement["Action"]))
    }
    return statements if allowed == INVOKE else []


def _services(principal: object) -> Any:  # noqa: ANN401  a text or a list
    return principal.get("Service", []) if isinstance(principal, dict) else []


def _listed(value: Any) -> list[str]:  # noqa: ANN401  a policy's
    return [value] if isinstance(value, str) else list(value)


def _left_over(
    conditions: Mapping[str, Mapping[str, Any]], sources: Mapping[str, str]
) -> dict[str, dict[str, Any]] | None:
    """Return the conditions that do not speak of the source; None if one that does is not met."""
    left: dict[str, dict[str, Any]] = {}
    for operator, keys in conditions.items():
        for key, expected in keys.items():
            actual = sources.get(key.lower())
            if actual is None:
                left.setdefault(operator, {})[key] = expected
            elif not _is_met(operator, actual, _listed(expected)):
                return None
    return left


def _is_met(operator: str, actual: str, expected: list[str]) -> bool:
    match operator.removesuffix("IfExists"):
        case "StringEquals" | "ArnEquals" if "*" not in "".join(expected):
            return actual in expected
        case "StringLike" | "ArnLike" | "ArnEquals":
            return any(fnmatch.fnmatchcase(actual, pattern) for pattern in expected)
        case _:
            return False


class StandIn:
    """The IAM user who stands for CloudFront on behalf of one distribution.

    Parameters
    ----------
    server
        The local AWS.
    distribution_id
        For whom.
    """

    def __init__(self, server: Server, distribution_id: str) -> None:
        self._server = server
        _remove_left_behind(server, f"cloudfront-{distribution_id}-")
        # Several edges may serve a distribution, each with a user of its own.
        self.name = f"cloudfront-{distribution_id}-{os.getpid()}-{next(_numbers)}"
        self._user = principals.user(server, self.name, {})
        self._policy = ""
        self._clients: dict[tuple[str, str], Any] = {}
        self._functions: dict[str, tuple[str, str | None]] = {}

    @property
    def credentials(self) -> Credentials:
        """Who signs."""
        return self._user.credentials

    def renew(self, distribution: Distribution) -> None:
        """Let the user do what the origins' policies say now."""
        statements: list[Statement] = []
        for domain in sorted({
            behavior.origin.domain
            for behavior in distribution.behaviors
            if behavior.origin.access_control
        }):  # fmt: skip
            statements += self._statements(domain, distribution)
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        if policy == self._policy:
            return
        iam = self._client("iam")
        if statements:
            iam.put_user_policy(UserName=self.name, PolicyName="origins", PolicyDocument=policy)
        elif self._policy:
            iam.delete_user_policy(UserName=self.name, PolicyName="origins")
        self._policy = policy if statements else ""

    def remove(self) -> None:
        """Remove the user."""
        try:
            principals.remove(self._server, self.name)
        finally:
            self.close()

    def close(self) -> None:
        """End the connections; the next renewal makes them again."""
        for client in self._clients.values():
            client.close()

    def _client(self, service: str, region: str = REGION) -> Any:  # noqa: ANN401  boto3's own
        # Kept: to make one costs more than what is asked of it every two seconds.
        if (service, region) not in self._clients:
            self._clients[service, region] = self._server.client(service, region)
        return self._clients[service, region]

    def _statements(self, domain: str, distribution: Distribution) -> list[Statement]:
        if match := FUNCTION_URL.fullmatch(domain):
            return self._of_function(domain, match["region"], distribution)
        if match := BUCKET.fullmatch(domain):
            s3 = self._client("s3", match["region"] or "us-east-1")
            try:
                policy = s3.get_bucket_policy(Bucket=match["bucket"])["Policy"]
            except ClientError:
                return []
            return for_cloudfront(policy, distribution)
        return []

    def _of_function(self, domain: str, region: str, distribution: Distribution) -> list[Statement]:
        client = self._client("lambda", region)
        if domain not in self._functions:
            self._functions |= _function_urls(client)
        if domain not in self._functions:
            return []
        name, qualifier = self._functions[domain]
        options = {"Qualifier": qualifier} if qualifier else {}
        try:
            policy = client.get_policy(FunctionName=name, **options)["Policy"]
        except ClientError:
            return []
        return invoking(for_cloudfront(policy, distribution))


def _remove_left_behind(server: Server, prefix: str) -> None:
    """Remove the users of edges that were killed."""
    for name in principals.names(server):
        pid = name.removeprefix(prefix).partition("-")[0]
        if name.startswith(prefix) and not Path(f"/proc/{pid}").exists():
            principals.remove(server, name)


def _function_urls(client: Any) -> dict[str, tuple[str, str | None]]:  # noqa: ANN401  boto3's own
    """Return the function and the alias of every function URL, by its host."""
    found = {}
    for page in client.get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            name = function["FunctionName"]
            answer = client.list_function_url_configs(FunctionName=name)
            for config in answer["FunctionUrlConfigs"]:
                host = config["FunctionUrl"].removeprefix("https://").rstrip("/")
                alias = config["FunctionArn"].partition(f":function:{name}")[2].lstrip(":")
                found[host] = (name, alias or None)
    return found
