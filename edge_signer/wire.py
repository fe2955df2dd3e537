"""Path and query in the one spelling that whoever signs, sends and checks reads alike.

Lambda encodes the path that it receives once more before it checks the signature, and sorts the
parameters of the query.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

from sigv4 import BYTES, UNRESERVED, decoded, encoded, normalized

# What a path may have as it is: pchar of RFC 3986, section 3.3, and the slash.
_PATH = UNRESERVED + b"!$&'()*+,;=:@/"


def path(text: str) -> str:
    """Return a path with what must be encoded encoded, once, and without dot segments.

    An escape of what needs none is read first: ``%2e%2e`` is a dot segment to some.
    """
    first, *others = text.encode().split(b"%")
    parts = [encoded(first, _PATH)]
    for other in others:
        byte = BYTES.get(other[:2])
        parts += ("%25", encoded(other, _PATH)) if byte is None else (
            encoded(byte), encoded(other[2:], _PATH),
        )  # fmt: skip
    return normalized("".join(parts))


def query(text: str) -> str:
    """Return a query of ``name=value`` only, encoded throughout; a plus is a space.

    Parameters of Signature Version 4 are left out: they would be a second signature.
    """
    kept = []
    for parameter in text.replace("+", "%20").split("&"):
        name, _, value = parameter.partition("=")
        name = encoded(decoded(name))
        if parameter and not name.lower().startswith("x-amz-"):
            kept.append(f"{name}={encoded(decoded(value))}")
    return "&".join(kept)
