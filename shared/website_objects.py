"""What the website keeps and reads in S3: files of orders, reports on them, the dashboard.

Made for requests that are few beside those for orders: import it where one is answered, since its
client of S3 costs every cold start of who imports it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

import boto3
import msgspec
from botocore.config import Config
from botocore.exceptions import ClientError

from object_names import DASHBOARD, REPORT_SUFFIX

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

MAX_ROWS = 100
"""Refused rows of a report that are told; all of them are in the report itself."""
HEAD_BYTES = 256 * 1024
TAIL_BYTES = 64 * 1024

_client: S3Client = boto3.client(
    "s3",
    config=Config(
        connect_timeout=1, read_timeout=4, retries={"mode": "standard", "total_max_attempts": 2}
    ),
)
_uploads = os.environ["UPLOADS_BUCKET"]
_records = os.environ["RECORDS_BUCKET"]
_decode = msgspec.json.Decoder().decode


class UploadReport(NamedTuple):
    """What has become of a file: its summary, and the first of the rows that were refused."""

    summary: dict[str, object]
    refused: list[dict[str, object]]


class _Found(NamedTuple):
    size: int
    etag: str


def keep_upload(name: str, content: bytes) -> tuple[str, str | None]:
    """Keep a CSV file where its import begins; return its key and version."""
    key = _incoming(name)
    put = _client.put_object(Bucket=_uploads, Key=key, Body=content, ContentType="text/csv")
    return key, put.get("VersionId")


def report_on(name: str) -> UploadReport | None:
    """Return the report on a file, or None while there is none."""
    key = f"reports/{_incoming(name)}{REPORT_SUFFIX}"
    found = _find(_uploads, key)
    if found is None:
        return None
    # A refused row may be large, and so may be their number: neither is read whole.
    head = _part(_uploads, key, found, 0, HEAD_BYTES)
    tail = _part(_uploads, key, found, max(0, found.size - TAIL_BYTES), TAIL_BYTES)
    if head is None or tail is None:
        return None
    last = tail.splitlines()[-1]
    # What is after the last line break is cut, or nothing.
    rows = [_decode(line) for line in head[: head.rfind(b"\n") + 1].splitlines()[:MAX_ROWS]]
    return UploadReport(_decode(last)["summary"], [row for row in rows if "summary" not in row])


def dashboard() -> bytes | None:
    """Return what the night has left for the dashboard, as JSON, or None before the first."""
    found = _find(_records, DASHBOARD)
    return found and _part(_records, DASHBOARD, found, 0, found.size)


def _incoming(name: str) -> str:
    return f"incoming/web/{name}"


def _find(bucket: str, key: str) -> _Found | None:
    """Return size and entity tag of an object, or None when there is none.

    By listing: to who may list only a prefix, reading what is missing is "access denied".
    """
    listed = _client.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1)
    for each in listed.get("Contents", []):
        if each["Key"] == key:
            return _Found(each["Size"], each["ETag"])
    return None


def _part(bucket: str, key: str, found: _Found, start: int, length: int) -> bytes | None:
    """Return a part of an object, or None when another stands there by now."""
    try:
        answer = _client.get_object(
            Bucket=bucket, Key=key, IfMatch=found.etag, Range=f"bytes={start}-{start + length - 1}"
        )
    except ClientError as error:
        if error.response["Error"]["Code"] in {"PreconditionFailed", "NoSuchKey"}:
            return None
        raise
    return answer["Body"].read()
