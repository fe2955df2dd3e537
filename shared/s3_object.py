"""Objects that S3 told of, each read as it was then, and objects that are written beside them.

Both are streams; see `object_stream`. `object_store` has those of a function's own bucket.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from object_stream import ObjectWriter, reader

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from types_boto3_s3.client import S3Client

    from s3_event import Upload

# Three tries: S3 asks for another one when it scales a prefix up (503 Slow Down).
_client: S3Client = boto3.client(
    "s3",
    config=Config(
        connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3}
    ),
)

# What no further try will change, and what to say of it.
_LOST = {
    "InvalidObjectState": "The object is archived, and has to be restored before it can be read",
    "MethodNotAllowed": "The object was deleted before it was read",
    "NoSuchKey": "The object was deleted before it was read",
    "NoSuchVersion": "The object was deleted before it was read",
    "PreconditionFailed": "The object was replaced by another before it was read",
}


class LostObjectError(Exception):
    """The object cannot be read, now or later; the message says why."""


def open_object(upload: Upload) -> BinaryIO:
    """Open just what was uploaded: that version, that content.

    Returns
    -------
    BinaryIO
        Its bytes. A connection that breaks is made anew where it broke.

    Raises
    ------
    LostObjectError
        It is not there any more. Also while reading.
    botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError
        S3 does not answer, or may not be asked. Also while reading.
    """
    return reader(_get(upload), lambda position: _get(upload, Range=f"bytes={position}-"))


def new_object(bucket: str, key: str, content_type: str) -> ObjectWriter:
    """Return a context to write an object in, whatever stands there; see `ObjectWriter`."""
    return ObjectWriter(_client, bucket, key, content_type)


def _get(upload: Upload, **more: str) -> StreamingBody:
    request: dict[str, Any] = {"IfMatch": f'"{upload.etag}"', **more}
    if upload.version:
        request["VersionId"] = upload.version
    try:
        answer = _client.get_object(Bucket=upload.bucket, Key=upload.key, **request)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        # Whoever may not list the bucket hears 403 of what is gone, too.
        if code == "AccessDenied" and not _is_listed(upload, error):
            code = "NoSuchKey"
        if code in _LOST:
            raise LostObjectError(_LOST[code]) from error
        raise
    return answer["Body"]


def _is_listed(upload: Upload, denied: ClientError) -> bool:
    """Tell whether an object that could not be read is there; raise `denied` if nobody may say."""
    try:
        answer = _client.list_object_versions(Bucket=upload.bucket, Prefix=upload.key)
    except ClientError as error:
        raise denied from error
    return any(
        found["Key"] == upload.key
        and (found["VersionId"] == upload.version if upload.version else found["IsLatest"])
        for found in answer.get("Versions", [])
    )
