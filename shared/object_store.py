"""Objects in one S3 bucket."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from object_stream import ObjectWriter, reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader

    from botocore.response import StreamingBody
    from types_boto3_s3.client import S3Client

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


class Opened(NamedTuple):
    """An object to be read bit by bit, and the entity tag that names this very content."""

    file: BufferedReader
    etag: str


def get(key: str) -> bytes | None:
    """Return what is in the object under `key`, or None when there is none.

    S3 says "none" only to who may list the bucket (s3:ListBucket), and "access denied" to others.

    Raises
    ------
    ObjectChangedError
        See `opened`.
    """
    found = opened(key)
    if found is None:
        return None
    with found.file as file:
        return file.read()


def put(key: str, body: bytes, content_type: str) -> None:
    """Write an object, whatever stands there."""
    _client.put_object(Bucket=_bucket, Key=key, Body=body, ContentType=content_type)


def opened(key: str) -> Opened | None:
    """Open the object under `key`, or return None when there is none; see `get`.

    Raises
    ------
    ObjectChangedError
        While reading: the connection broke, and something else stands there now.
    """
    try:
        answer = _client.get_object(Bucket=_bucket, Key=key)
    except _client.exceptions.NoSuchKey:
        return None
    etag = answer["ETag"]

    def again(position: int) -> StreamingBody:
        with _unchanged(key):
            rest = _client.get_object(
                Bucket=_bucket, Key=key, IfMatch=etag, Range=f"bytes={position}-"
            )
        return rest["Body"]

    return Opened(reader(answer["Body"], again), etag)


def etag_of(key: str) -> str | None:
    """Return the entity tag of the object under `key`, or None when there is none; see `get`."""
    try:
        return _client.head_object(Bucket=_bucket, Key=key)["ETag"]
    except ClientError as error:
        # The answer to HEAD has no body that could say more.
        if error.response["Error"]["Code"] == "404":
            return None
        raise


@contextmanager
def replacing(key: str, content_type: str, *, etag: str | None) -> Iterator[ObjectWriter]:
    """Write an object, bit by bit, in place of the one that was read.

    Parameters
    ----------
    key, content_type
        Where, and what it is.
    etag
        The entity tag of what stood there; None for nothing.

    Raises
    ------
    ObjectChangedError
        Something else stands there now.
    """
    condition = {"IfNoneMatch": "*"} if etag is None else {"IfMatch": etag}
    with (
        _unchanged(key),
        ObjectWriter(_client, _bucket, key, content_type, **condition) as writer,
    ):
        yield writer


@contextmanager
def _unchanged(key: str) -> Iterator[None]:
    try:
        yield
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
