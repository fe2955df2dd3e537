"""What S3 says of an upload: the event of a notification, read strictly.

The event's shape: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
Pure: no AWS.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal
from urllib.parse import unquote_plus

import msgspec
from msgspec import Meta, Struct

MAX_KEY = 1024
"""Bytes of a key, in UTF-8."""


class NotAnUploadError(Exception):
    """The event tells of no upload to S3; the message says where and why."""


class Upload(Struct, frozen=True, gc=False):
    """One object as it was when S3 told of it.

    Attributes
    ----------
    bucket, key
        Where it is; the key as people write it, not encoded.
    etag
        Tells its content from others', without quotes.
    size
        Bytes.
    version
        Its version, in a bucket that keeps versions.
    """

    bucket: str
    key: str
    etag: str
    size: int
    version: str | None


# Matched together: each alone costs as much as all the rest of a record. None takes a NUL, which
# is between them: or the end of one value would pass as the next.
_PATTERNS = {
    "eventName": r"ObjectCreated:[^\0]*",
    "s3.bucket.name": r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
    "s3.object.eTag": r"[!#-~]{1,128}",
    "s3.object.versionId": r"[!-~]{0,1024}",
}
_are_right = re.compile("\0".join(_PATTERNS.values())).fullmatch


class _Bucket(Struct, gc=False):
    name: str


class _Object(Struct, gc=False, rename={"etag": "eTag", "version": "versionId"}):
    key: Annotated[str, Meta(min_length=1)]
    etag: str
    size: Annotated[int, Meta(ge=0)] = 0
    version: Annotated[str, Meta(min_length=1)] | None = None


class _Entity(Struct, gc=False):
    bucket: _Bucket
    object: _Object


class _Record(Struct, gc=False, rename="camel"):
    event_name: str
    event_source: Literal["aws:s3"]
    s3: _Entity


class _Event(Struct, gc=False, rename="pascal"):
    records: Annotated[list[_Record], Meta(min_length=1)]


def is_test(event: Any) -> bool:  # noqa: ANN401  any JSON
    """Tell whether `event` is what S3 sends when a notification is set up."""
    return isinstance(event, dict) and event.get("Event") == "s3:TestEvent"


def uploads_in(event: Any) -> list[Upload]:  # noqa: ANN401  any JSON
    """Return the uploads that an event tells of, at least one.

    Raises
    ------
    NotAnUploadError
        It tells of something else, or not in the way of S3.
    """
    try:
        records = msgspec.convert(event, _Event).records
        return [_upload(record) for record in records]
    except (msgspec.ValidationError, ValueError) as error:
        raise NotAnUploadError(
            f"This is no event of an upload to S3: {error}. "
            "Let only notifications of S3 for s3:ObjectCreated:* invoke this function"
        ) from error


def _upload(record: _Record) -> Upload:
    bucket, entity = record.s3.bucket.name, record.s3.object
    name, etag, version, key = record.event_name, entity.etag, entity.version, entity.key
    if not _are_right(f"{name}\0{bucket}\0{etag}\0{version or ''}"):
        raise ValueError(_wrong((name, bucket, etag, version or "")))
    # Encoded as in a form: a space is a plus sign, a plus sign %2B. Most keys have neither, and are
    # what they would be decoded to.
    if "%" in key or "+" in key:
        key = unquote_plus(key, errors="strict")
    if not 1 <= len(key.encode()) <= MAX_KEY:
        raise ValueError(f"the key has {len(key.encode())} bytes, and S3 takes 1 to {MAX_KEY}")
    return Upload(bucket, key, etag, entity.size, version)


def _wrong(values: tuple[str, ...]) -> str:
    return "; ".join(
        f"{name} is {value[:100]!r}, and S3 writes {pattern}"
        for (name, pattern), value in zip(_PATTERNS.items(), values, strict=True)
        if not re.fullmatch(pattern, value)
    )
