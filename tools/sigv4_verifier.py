"""Checks Signature Version 4 of a request as received, as strictly as AWS documents it.

For tests and for what stands in for a service locally. It shares no code with the signer, so that
a wrong idea of one shows in the other.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# "the request must reach AWS within five minutes of the time stamp in the request".
CLOCK = timedelta(minutes=5)

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>\w{16,128})/(?P<date>\d{8})/(?P<region>[a-z0-9-]+)/"
    r"(?P<service>[a-z0-9-]+)/aws4_request, ?"
    r"SignedHeaders=(?P<headers>[a-z0-9;_-]+), ?Signature=(?P<signature>[0-9a-f]{64})",
    re.ASCII,
)
_DATE = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
# What HTTP lets stand in a request target, with whole escapes only.
_PATH = re.compile(r"(/([A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})*)+")
_QUERY = re.compile(r"([A-Za-z0-9\-._~!$&'()*,;=:@/?]|%[0-9A-Fa-f]{2})*")
_LINE_BREAK = re.compile(r"[\r\n\0]")
# Whoever forwards a request adds these after it was signed.
_ADDED_BY_CLOUDFRONT = "x-amz-cf-"


class Identity(NamedTuple):
    """Whose signatures are taken; `session_token` where the key is a temporary one."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None


class Refused(Exception):
    """A request that AWS would refuse: under which code, and why.

    Parameters
    ----------
    code
        As AWS has it: ``MissingAuthenticationToken``, ``IncompleteSignature``,
        ``InvalidSignatureException``, ``UnrecognizedClientException``, ``ValidationException``.
    """

    def __init__(self, code: str, why: str) -> None:
        super().__init__(f"{code}: {why}")
        self.code = code


class Verifier:
    """Checks requests to one host of one service in one region.

    Parameters
    ----------
    normalize_path
        Whether the service resolves dot segments before it checks, as all but S3 do.

    Examples
    --------
    >>> verifier = Verifier([Identity("AKIDEXAMPLEEXAMPLE", "secret")], host="example.com",
    ...                     region="us-east-1", service="lambda")
    >>> verifier.verify("GET", "/", [("Host", "example.com")], b"", now=datetime.now(UTC))
    Traceback (most recent call last):
    tools.sigv4_verifier.Refused: MissingAuthenticationToken: there is no Authorization header
    """

    def __init__(
        self,
        identities: Iterable[Identity],
        *,
        host: str,
        region: str,
        service: str,
        normalize_path: bool = True,
    ) -> None:
        self._identities = {identity.access_key_id: identity for identity in identities}
        self._host = host
        self._region = region
        self._service = service
        self._normalize_path = normalize_path

    def verify(
        self,
        method: str,
        target: str,
        headers: Sequence[tuple[str, str]],
        body: bytes,
        *,
        now: datetime,
    ) -> Identity:
        """
        Return who signed a request.

        Parameters
        ----------
        target
            Path and query as they stand in the request line.
        headers
            As received: every one, in any order, a name as often as it came.
        body
            The bytes received.

        Raises
        ------
        Refused
            It is not signed, or not rightly, or not by anybody known.
        """
        received = _received(headers)
        path, query = _target(target)
        given = self._authorization(received)
        identity = self._identity(given["key"], received)
        moment = self._moment(received, given, now)
        payload = _payload(received, body)
        names = self._signed_names(received, given["headers"])
        canonical = "\n".join(
            [
                method,
                quote(_resolved(path) if self._normalize_path else path, safe="/-_.~"),
                _sorted(query),
                *(
                    f"{name}:{','.join(' '.join(v.split()) for v in received[name])}"
                    for name in names
                ),
                "",
                given["headers"],
                payload,
            ]
        )
        scope = "/".join([given["date"], given["region"], given["service"], "aws4_request"])
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        key = b"AWS4" + identity.secret_access_key.encode()
        for part in scope.split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        string_to_sign = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{digest}"
        signature = hmac.new(key, string_to_sign.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(signature, given["signature"]):
            raise Refused("InvalidSignatureException", f"it does not match that of\n{canonical}")
        return identity

    def _authorization(self, received: Mapping[str, list[str]]) -> dict[str, str]:
        """Return the parts of the Authorization header, whose scope is this service's."""
        value = _one(received, "authorization")
        if value is None:
            raise Refused("MissingAuthenticationToken", "there is no Authorization header")
        match = _AUTHORIZATION.fullmatch(value)
        if match is None:
            raise Refused("IncompleteSignature", "Authorization is none of AWS4-HMAC-SHA256")
        given = match.groupdict()
        for part, right in (("region", self._region), ("service", self._service)):
            if given[part] != right:
                why = f"the scope's {part} is {given[part]!r}, not {right!r}"
                raise Refused("InvalidSignatureException", why)
        return given

    def _identity(self, key: str, received: Mapping[str, list[str]]) -> Identity:
        """Return whose access key it is, with the right token."""
        identity = self._identities.get(key)
        token = _one(received, "x-amz-security-token")
        if identity is None or token != identity.session_token:
            raise Refused("UnrecognizedClientException", "no such access key, or not its token")
        return identity

    def _moment(
        self, received: Mapping[str, list[str]], given: Mapping[str, str], now: datetime
    ) -> str:
        """Return x-amz-date, which is of the scope's day and of the last or next five minutes."""
        moment = _one(received, "x-amz-date")
        if moment is None or not _DATE.fullmatch(moment):
            raise Refused("IncompleteSignature", f"x-amz-date is {moment!r}")
        if moment[:8] != given["date"]:
            raise Refused("InvalidSignatureException", "the scope's day is not that of x-amz-date")
        try:
            at = datetime.strptime(moment, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        except ValueError as error:
            raise Refused("IncompleteSignature", f"x-amz-date is {moment!r}") from error
        if abs(now - at) > CLOCK:
            raise Refused("InvalidSignatureException", f"signature expired or of the future: {at}")
        return moment

    def _signed_names(self, received: Mapping[str, list[str]], listed: str) -> list[str]:
        """Return the names of the signed headers: in order, present, and all that must be."""
        names = listed.split(";")
        if names != sorted(set(names)) or not set(names) <= set(received):
            raise Refused("IncompleteSignature", f"SignedHeaders is {listed!r}")
        must = {
            name
            for name in received
            if name.startswith("x-amz-") and not name.startswith(_ADDED_BY_CLOUDFRONT)
        }
        unsigned = sorted({"host", *must} - set(names))
        if unsigned:
            raise Refused("InvalidSignatureException", f"not signed: {', '.join(unsigned)}")
        if _one(received, "host") != self._host:
            raise Refused("InvalidSignatureException", f"Host is {received['host']}")
        return names


def _received(headers: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    received: dict[str, list[str]] = {}
    for name, value in headers:
        if _LINE_BREAK.search(name + value):
            raise Refused("ValidationException", "a header has a line break in it")
        received.setdefault(name.lower(), []).append(value)
    return received


def _one(received: Mapping[str, list[str]], name: str) -> str | None:
    """Return the value of a header that may come once."""
    values = received.get(name, [])
    if len(values) > 1:
        raise Refused("IncompleteSignature", f"{name} comes {len(values)} times")
    return values[0] if values else None


def _target(target: str) -> tuple[str, str]:
    """Return path and query of a target that reads alike to everybody.

    Function URLs refuse brackets in a query; a plus is a space to some and a plus to others.
    """
    path, _, query = target.partition("?")
    if not _PATH.fullmatch(path) or not _QUERY.fullmatch(query):
        raise Refused("ValidationException", f"the request target is {target!r}")
    if any(
        p.lower().startswith("x-amz-") for p in unquote_to_bytes(query).decode("latin-1").split("&")
    ):
        raise Refused("IncompleteSignature", "the query has parameters of a second signature")
    return path, query


def _resolved(path: str) -> str:
    """Return `path` without dot segments and empty ones."""
    stack: list[str] = []
    for segment in re.split("/+", path):
        if segment == "..":
            stack = stack[:-1]
        elif segment not in {"", "."}:
            stack = [*stack, segment]
    return "/" + "/".join(stack) + ("/" if stack and path[-1] == "/" else "")


def _sorted(query: str) -> str:
    """Return the parameters of a query, encoded as AWS encodes, in the order of their bytes."""
    pairs = [parameter.partition("=")[::2] for parameter in query.split("&") if parameter]
    coded = [[quote(unquote_to_bytes(part), safe="-_.~") for part in pair] for pair in pairs]
    return "&".join("=".join(pair) for pair in sorted(coded))


def _payload(received: Mapping[str, list[str]], body: bytes) -> str:
    """Return the hash of the body, which is what x-amz-content-sha256 says if it is there."""
    right = hashlib.sha256(body).hexdigest()
    said = _one(received, "x-amz-content-sha256")
    if said not in {None, right}:
        raise Refused("InvalidSignatureException", "x-amz-content-sha256 is not that of the body")
    return right
