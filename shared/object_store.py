"""Objects in one S3 bucket."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_s3.client import S3Client
    from types_boto3_s3.type_defs import PutObjectRequestTypeDef

_client: S3Client = boto3.client(
    "s3",
    config=Config(
        connect_timeout=2, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3}
    ),
)
_bucket = os.environ["BUCKET_NAME"]


class ObjectChangedError(Exception):
    """Somebody else wrote the object since it was read."""

    def __init__(self, key: str) -> None:
        super().__init__(f"{key} was written by another run at the same time: run again")


class Found(NamedTuple):
    """An object as it was read: what is in it, and the entity tag that names this very content."""

    body: bytes
    etag: str


def get(key: str) -> Found | None:
    """Return the object under `key`, or None when there is none.

    S3 says "none" only to who may list the bucket (s3:ListBucket), and "access denied" to others.
    """
    try:
        answer = _client.get_object(Bucket=_bucket, Key=key)
    except _client.exceptions.NoSuchKey:
        return None
    return Found(answer["Body"].read(), answer["ETag"])


def put(key: str, body: bytes, content_type: str) -> None:
    """Write an object, whatever stands there."""
    _client.put_object(Bucket=_bucket, Key=key, Body=body, ContentType=content_type)


def replace(key: str, body: bytes, content_type: str, *, found: Found | None) -> None:
    """Write an object in place of the one that was read.

    Parameters
    ----------
    key, body, content_type
        What to write.
    found
        What stood there, as `get` gave it.

    Raises
    ------
    ObjectChangedError
        Something else stands there now.
    """
    request: PutObjectRequestTypeDef = {
        "Bucket": _bucket,
        "Key": key,
        "Body": body,
        "ContentType": content_type,
    }
    if found is None:
        request["IfNoneMatch"] = "*"
    else:
        request["IfMatch"] = found.etag
    try:
        _client.put_object(**request)
    except ClientError as error:
        # The second is the answer to writes at the same moment; the third, to a removed object.
        if error.response["Error"]["Code"] in {
            "PreconditionFailed",
            "ConditionalRequestConflict",
            "NoSuchKey",
        }:
            raise ObjectChangedError(key) from error
        raise


def keys(prefix: str) -> Iterator[str]:
    """Yield the keys that begin with `prefix`, in their order."""
    for page in _client.get_paginator("list_objects_v2").paginate(Bucket=_bucket, Prefix=prefix):
        for entry in page.get("Contents", []):
            yield entry["Key"]
