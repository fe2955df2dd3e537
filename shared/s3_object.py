"""Objects in S3, read and written as streams: memory does not grow with their size."""

from __future__ import annotations

from contextlib import suppress
from io import BufferedReader, RawIOBase
from typing import TYPE_CHECKING, Any, BinaryIO

import boto3
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from _typeshed import WriteableBuffer
    from botocore.response import StreamingBody
    from types_boto3_s3.client import S3Client
    from types_boto3_s3.type_defs import CompletedPartTypeDef

    from s3_event import Upload

# Three tries: S3 asks for another one when it scales a prefix up (503 Slow Down).
_client: S3Client = boto3.client(
    "s3",
    config=Config(
        connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3}
    ),
)

PART = 5 * 1024 * 1024
"""Bytes of a part of a multipart upload, but for the last: the least that S3 takes."""
_BLOCK = 64 * 1024
_TRIES = 3
_BROKEN = (IncompleteReadError, ReadTimeoutError, ResponseStreamingError)
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
    return BufferedReader(_Body(upload), _BLOCK)


class _Body(RawIOBase):
    """The bytes of an object, with a request more for each time that the connection breaks."""

    def __init__(self, upload: Upload) -> None:
        super().__init__()
        self._upload = upload
        self._position = 0
        self._body = _get(upload)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        for left in reversed(range(_TRIES)):
            try:
                # Its stub wants a file for the buffer.
                count = self._body.readinto(buffer)  # type: ignore[arg-type]
            except _BROKEN:
                if not left:
                    raise
                self._body.close()
                self._body = _get(self._upload, Range=f"bytes={self._position}-")
            else:
                self._position += count
                return count
        return 0

    def close(self) -> None:
        self._body.close()
        super().close()


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


class ObjectWriter:
    """An object that is written in parts and seen only when it is whole.

    A context: what was written becomes the object at its end, and nothing does if it raises.

    Parameters
    ----------
    bucket, key
        Where it goes.
    content_type
        What it is.
    """

    def __init__(self, bucket: str, key: str, content_type: str) -> None:
        self._target: dict[str, Any] = {"Bucket": bucket, "Key": key}
        self._content_type = content_type
        self._buffer = bytearray()
        self._upload_id = ""
        self._parts: list[CompletedPartTypeDef] = []

    def __enter__(self) -> Self:
        return self

    def write(self, data: bytes) -> None:
        """Add `data`."""
        self._buffer += data
        if len(self._buffer) >= PART:
            self._send_part()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._give_up()
        elif self._upload_id:
            self._finish()
        else:
            _client.put_object(
                **self._target, Body=bytes(self._buffer), ContentType=self._content_type
            )

    def _send_part(self) -> None:
        if not self._upload_id:
            self._upload_id = _client.create_multipart_upload(
                **self._target, ContentType=self._content_type
            )["UploadId"]
        number = len(self._parts) + 1
        answer = _client.upload_part(
            **self._target, UploadId=self._upload_id, PartNumber=number, Body=bytes(self._buffer)
        )
        self._parts.append({"ETag": answer["ETag"], "PartNumber": number})
        self._buffer.clear()

    def _finish(self) -> None:
        try:
            if self._buffer:
                self._send_part()
            _client.complete_multipart_upload(
                **self._target, UploadId=self._upload_id, MultipartUpload={"Parts": self._parts}
            )
        except BaseException:
            self._give_up()
            raise

    def _give_up(self) -> None:
        if self._upload_id:
            # What went wrong first is what matters.
            with suppress(Exception):
                _client.abort_multipart_upload(**self._target, UploadId=self._upload_id)
