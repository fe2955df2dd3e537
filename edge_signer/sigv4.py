"""AWS Signature Version 4, as an Authorization header carries it. Pure: no clock, no environment.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

# The name alone is what type checkers know; importing typing would cost a cold start 3 ms.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from hashlib import _Hash

ALGORITHM = "AWS4-HMAC-SHA256"

# UriEncode of the documentation: all but these becomes %XX, byte by byte of UTF-8.
UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
IN_PATH = UNRESERVED + b"/"
_DIGITS = "0123456789ABCDEFabcdef"
# What the two digits of an escape stand for.
BYTES = {(a + b).encode(): bytes((int(a + b, 16),)) for a in _DIGITS for b in _DIGITS}

# HMAC is two hashes, of the key with each of two pads (RFC 2104). hmac from the standard library
# does the same with four times the work, since it starts over with the key each time.
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))

# More than the credentials and regions that one environment sees on one day.
KEYS_KEPT = 16
_keys: dict[tuple[str, str, str, str], tuple[_Hash, _Hash, str]] = {}
# The second that was written last, its last microsecond, and its text; the first is in no use.
_second = (datetime(1, 1, 1, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC), "00010101T000000Z")


class Credentials:
    """The keys of an identity; its text form shows no secret.

    Parameters
    ----------
    session_token
        Of temporary credentials. It is no part of the signature but as the header
        x-amz-security-token, which is among the headers that the caller signs.
    """

    __slots__ = ("access_key_id", "secret_access_key", "session_token")

    def __init__(
        self, access_key_id: str, secret_access_key: str, session_token: str | None = None
    ) -> None:
        self.access_key_id = access_key_id
        self.secret_access_key = secret_access_key
        self.session_token = session_token

    def __repr__(self) -> str:
        return f"Credentials({self.access_key_id!r}, ...)"


class Signed:
    """A signature and the steps to it, each under the documentation's name."""

    __slots__ = ("authorization", "canonical_request", "signature", "string_to_sign")

    def __init__(
        self, canonical_request: str, string_to_sign: str, signature: str, authorization: str
    ) -> None:
        self.canonical_request = canonical_request
        self.string_to_sign = string_to_sign
        self.signature = signature
        self.authorization = authorization


def sign(  # noqa: PLR0913  a signature covers that much
    method: str,
    path: str,
    query: str,
    headers: Iterable[tuple[str, str]],
    payload_hash: str,
    *,
    credentials: Credentials,
    region: str,
    service: str,
    timestamp: datetime,
    normalize_path: bool = True,
) -> Signed:
    """
    Sign a request.

    Parameters
    ----------
    path
        As it goes on the wire. It is encoded once more, as every service but S3 wants it; for S3
        give the decoded path, and ``normalize_path=False``.
    query
        As it goes on the wire, without the question mark. Escapes are read, a plus is a plus.
    headers
        What is signed: just these, in any order; a name may come more than once. x-amz-date must
        be among them, with what `amz_date` makes of the timestamp, to be of use to anybody.
    payload_hash
        SHA-256 of the body in hex, or what the service allows in its place.
    timestamp
        With a time zone.
    normalize_path
        Whether empty, ``.`` and ``..`` segments are resolved before the path is signed.

    Raises
    ------
    ValueError
        The timestamp has no time zone, or a text holds half of a surrogate pair.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> now = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
    >>> headers = [("Host", "example.amazonaws.com"), ("X-Amz-Date", amz_date(now))]
    >>> keys = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    >>> sign("GET", "/", "", headers, sha256().hexdigest(), credentials=keys, region="us-east-1",
    ...      service="service", timestamp=now).signature[:16]
    '5fa00fa31553b73e'
    """
    moment = amz_date(timestamp)
    values: dict[str, str] = {}
    for header, given in headers:
        name, value = header.lower(), given
        if " " in value or "\t" in value or "\n" in value:
            value = " ".join(value.split())
        if name in values:
            value = f"{values[name]},{value}"
        values[name] = value
    names = sorted(values)
    signed_headers = ";".join(names)
    lines = ""
    for name in names:
        lines += f"{name}:{values[name]}\n"
    if normalize_path:
        path = normalized(path)
    canonical_request = (
        f"{method}\n{encoded(path, IN_PATH) or '/'}\n{query and _canonical_query(query)}\n"
        f"{lines}\n{signed_headers}\n{payload_hash}"
    )

    inner, outer, scope = _signing_key(credentials.secret_access_key, moment[:8], region, service)
    digest = sha256(canonical_request.encode()).hexdigest()
    string_to_sign = f"{ALGORITHM}\n{moment}\n{scope}\n{digest}"
    signature = _hmac(inner, outer, string_to_sign.encode()).hex()
    return Signed(
        canonical_request,
        string_to_sign,
        signature,
        f"{ALGORITHM} Credential={credentials.access_key_id}/{scope}, "
        f"SignedHeaders={signed_headers}, Signature={signature}",
    )


def amz_date(timestamp: datetime) -> str:
    """Return `timestamp`, which has a time zone, as x-amz-date has it: ``20150830T123600Z``."""
    global _second  # noqa: PLW0603  whoever signs a request asks twice, and others in that second
    at = timestamp
    if timestamp.tzinfo is not UTC:
        offset = timestamp.utcoffset()
        if offset is None:
            raise ValueError(f"{timestamp} has no time zone: give datetime.now(UTC)")
        at = (timestamp - offset).replace(tzinfo=UTC)
    begin, end, text = _second
    if begin <= at <= end:
        return text
    # A quarter of the time of strftime.
    text = "%04d%02d%02dT%02d%02d%02dZ" % (  # noqa: UP031
        at.year, at.month, at.day, at.hour, at.minute, at.second,
    )  # fmt: skip
    _second = (at.replace(microsecond=0), at.replace(microsecond=999_999), text)
    return text


def normalized(path: str) -> str:
    """Return `path` without empty, ``.`` and ``..`` segments; a slash at its end stays.

    As AWS's own signers do it: ``/a/b/..`` is ``/a``, and there is nothing above ``/``.
    """
    if "//" not in path and "/." not in path and path.startswith("/"):
        return path
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment and segment != ".":
            kept.append(segment)
    slash = "/" if kept and path.endswith("/") else ""
    return f"/{'/'.join(kept)}{slash}"


def encoded(text: str | bytes, safe: bytes = UNRESERVED) -> str:
    """Return `text` with an escape in place of each byte that is not `safe`."""
    data = text if isinstance(text, bytes) else text.encode()
    if not data.translate(None, safe):
        return text if isinstance(text, str) else data.decode()
    return "".join([chr(byte) if byte in safe else f"%{byte:02X}" for byte in data])


def decoded(text: str) -> bytes:
    """Return `text` with its escapes read; a percent sign that begins none stays."""
    if "%" not in text:
        return text.encode()
    first, *others = text.encode().split(b"%")
    parts = [first]
    for other in others:
        byte = BYTES.get(other[:2])
        parts.append(b"%" + other if byte is None else byte + other[2:])
    return b"".join(parts)


def _canonical_query(query: str) -> str:
    """Return the parameters of `query`, each encoded alike, by name and then by value."""
    pairs = []
    for parameter in query.split("&"):
        if parameter:
            name, _, value = parameter.partition("=")
            pairs.append((encoded(decoded(name)), encoded(decoded(value))))
    pairs.sort()
    return "&".join([f"{name}={value}" for name, value in pairs])


def _signing_key(secret: str, date: str, region: str, service: str) -> tuple[_Hash, _Hash, str]:
    """Return the key for a day, a region and a service, ready to hash with, and their scope."""
    name = (secret, date, region, service)
    key = _keys.get(name)
    if key is None:
        if len(_keys) >= KEYS_KEPT:
            _keys.clear()
        inner, outer = _pads(b"AWS4" + secret.encode())
        for part in (date, region, service, "aws4_request"):
            inner, outer = _pads(_hmac(inner, outer, part.encode()))
        key = _keys[name] = (inner, outer, f"{date}/{region}/{service}/aws4_request")
    return key


def _pads(key: bytes) -> tuple[_Hash, _Hash]:
    """Return the inner and the outer hash of HMAC, each begun with `key`."""
    block = (key if len(key) <= 64 else sha256(key).digest()).ljust(64, b"\0")
    return sha256(block.translate(_INNER)), sha256(block.translate(_OUTER))


def _hmac(inner: _Hash, outer: _Hash, message: bytes) -> bytes:
    """Return the HMAC-SHA256 of `message`."""
    first, second = inner.copy(), outer.copy()
    first.update(message)
    second.update(first.digest())
    return second.digest()
