"""Reads AWS's published vectors of Signature Version 4, in the two forms that they come in.

- aws-c-auth, tests/aws-signing-test-suite/v4: a folder for each, with request.txt, context.json and
  header-*.txt;
- botocore, tests/unit/auth/aws4_testsuite: a folder for each, with .req, .creq, .sts and .authz.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ACCESS_KEY_ID = "AKIDEXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
AT = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
REGION = "us-east-1"
SERVICE = "service"


class Vector(NamedTuple):
    """A request, and what comes of signing it; `canonical_request` and `string_to_sign` too."""

    name: str
    method: str
    path: str
    query: str
    headers: list[tuple[str, str]]
    payload_hash: str
    normalize: bool
    canonical_request: str
    string_to_sign: str
    signature: str


def read(folder: Path) -> Iterator[Vector]:
    """Yield every vector below `folder`."""
    for request in sorted(folder.rglob("request.txt")):
        yield _of_aws_c_auth(request.parent)
    for request in sorted(folder.rglob("*.req")):
        yield _of_botocore(request)


def _of_aws_c_auth(folder: Path) -> Vector:
    context: dict[str, Any] = json.loads((folder / "context.json").read_text())
    assert context["region"] == REGION, folder
    assert context["service"] == SERVICE, folder
    assert context["credentials"]["access_key_id"] == ACCESS_KEY_ID, folder
    assert context["credentials"]["secret_access_key"] == SECRET, folder
    method, target, headers, body = _request((folder / "request.txt").read_text())
    headers.append(("X-Amz-Date", "20150830T123600Z"))
    token = context["credentials"].get("token")
    if token and not context.get("omit_session_token"):
        headers.append(("X-Amz-Security-Token", token))
    payload = hashlib.sha256(body.encode()).hexdigest()
    if context["sign_body"]:
        headers.append(("x-amz-content-sha256", payload))
    path, _, query = target.partition("?")
    return Vector(
        folder.name,
        method,
        path,
        query,
        headers,
        payload,
        context["normalize"],
        (folder / "header-canonical-request.txt").read_text(),
        (folder / "header-string-to-sign.txt").read_text(),
        (folder / "header-signature.txt").read_text().strip(),
    )


def _of_botocore(request: Path) -> Vector:
    method, target, headers, body = _request(request.read_text())
    path, _, query = target.partition("?")
    canonical_request = request.with_suffix(".creq").read_text()
    token = re.search(r"^x-amz-security-token:(.*)$", canonical_request, re.MULTILINE)
    if token and "X-Amz-Security-Token" not in dict(headers):
        headers.append(("X-Amz-Security-Token", token[1]))
    authorization = request.with_suffix(".authz").read_text()
    return Vector(
        request.stem,
        method,
        path,
        query,
        headers,
        hashlib.sha256(body.encode()).hexdigest(),
        normalize=True,
        canonical_request=canonical_request,
        string_to_sign=request.with_suffix(".sts").read_text(),
        signature=authorization.rpartition("Signature=")[2].strip(),
    )


def _request(text: str) -> tuple[str, str, list[tuple[str, str]], str]:
    """Return method, target, headers and body; a folded header is one header."""
    head, _, body = text.replace("\r\n", "\n").partition("\n\n")
    first, *lines = head.rstrip("\n").split("\n")
    method, _, rest = first.partition(" ")
    headers: list[tuple[str, str]] = []
    for line in lines:
        if line[0] in " \t":
            name, value = headers.pop()
            headers.append((name, f"{value}\n{line}"))
        else:
            name, _, value = line.partition(":")
            headers.append((name, value))
    return method, rest.rpartition(" ")[0], headers, body
