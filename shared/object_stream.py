"""Objects in S3 as streams, read and written: memory does not grow with their size.

The clients are those of the modules that use this one.
"""

from __future__ import annotations

from contextlib import suppress
from io import BufferedReader, RawIOBase
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any

from botocore.exceptions import IncompleteReadError, ReadTimeoutError, ResponseStreamingError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from _typeshed import WriteableBuffer
    from botocore.response import StreamingBody
    from types_boto3_s3.client import S3Client
    from types_boto3_s3.type_defs import CompletedPartTypeDef

IN_MEMORY = 256 * 1024
"""Bytes of a part that are in memory at the most."""
PART = 5 * 1024 * 1024
"""Bytes of a part of a multipart upload, but for the last: the least that S3 takes."""
_BLOCK = 64 * 1024
_TRIES = 3
_BROKEN = (IncompleteReadError, ReadTimeoutError, ResponseStreamingError)


def reader(body: StreamingBody, again: Callable[[int], StreamingBody]) -> BufferedReader:
    """Return the bytes of an object. A connection that breaks is made anew where it broke.

    Parameters
    ----------
    body
        The object from its first byte.
    again
        Gives the same content from a byte on, counted from 0.
    """
    return BufferedReader(_Body(body, again), _BLOCK)


class _Body(RawIOBase):
    """The bytes of an object, with a request more for each time that the connection breaks."""

    def __init__(self, body: StreamingBody, again: Callable[[int], StreamingBody]) -> None:
        super().__init__()
        self._again = again
        self._position = 0
        self._body = body

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
                self._body = self._again(self._position)
            else:
                self._position += count
                return count
        return 0

    def close(self) -> None:
        self._body.close()
        super().close()


class ObjectWriter:
    """An object that is written in parts and seen only when it is whole.

    A context: what was written becomes the object at its end, and nothing does if it raises.
    A part waits for its last byte in a file without a name in ``/tmp``, which has 512 MB.

    Parameters
    ----------
    client
        Of S3.
    bucket, key
        Where it goes.
    content_type
        What it is.
    condition
        On what S3 takes it: ``IfMatch`` or ``IfNoneMatch``; none if left out.

    Attributes
    ----------
    etag
        What names this very content, once it is the object.
    """

    def __init__(
        self, client: S3Client, bucket: str, key: str, content_type: str, **condition: str
    ) -> None:
        self.etag = ""
        self._client = client
        self._target: dict[str, Any] = {"Bucket": bucket, "Key": key}
        self._content_type = content_type
        self._condition: dict[str, Any] = dict(condition)
        self._part = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed with the context
        self._discarded = False
        self._upload_id = ""
        self._parts: list[CompletedPartTypeDef] = []

    def __enter__(self) -> Self:
        return self

    def write(self, data: bytes) -> None:
        """Add `data`."""
        self._part.write(data)
        if self._part.tell() >= PART:
            self._send_part()

    def discard(self) -> None:
        """Let nothing become of what was written."""
        self._discarded = True

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._part:
            if kind is not None or self._discarded:
                self._give_up()
            elif self._upload_id:
                self._finish()
            else:
                self._part.seek(0)
                answer = self._client.put_object(
                    **self._target,
                    **self._condition,
                    Body=self._part,
                    ContentType=self._content_type,
                )
                self.etag = answer["ETag"]

    def _send_part(self) -> None:
        if not self._upload_id:
            # boto3 sends each part with its CRC-32, which S3 refuses of an upload that named none.
            self._upload_id = self._client.create_multipart_upload(
                **self._target, ChecksumAlgorithm="CRC32", ContentType=self._content_type
            )["UploadId"]
        number = len(self._parts) + 1
        self._part.seek(0)
        answer = self._client.upload_part(
            **self._target,
            UploadId=self._upload_id,
            PartNumber=number,
            Body=self._part,
            ChecksumAlgorithm="CRC32",
        )
        self._parts.append({
            "ETag": answer["ETag"],
            "PartNumber": number,
            "ChecksumCRC32": answer["ChecksumCRC32"],
        })  # fmt: skip
        self._part.seek(0)
        self._part.truncate()

    def _finish(self) -> None:
        try:
            if self._part.tell():
                self._send_part()
            answer = self._client.complete_multipart_upload(
                **self._target,
                **self._condition,
                UploadId=self._upload_id,
                MultipartUpload={"Parts": self._parts},
            )
        except BaseException:
            self._give_up()
            raise
        self.etag = answer["ETag"]

    def _give_up(self) -> None:
        if self._upload_id:
            # What went wrong first is what matters.
            with suppress(Exception):
                self._client.abort_multipart_upload(**self._target, UploadId=self._upload_id)
