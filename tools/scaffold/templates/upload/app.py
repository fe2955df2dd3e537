"""Reads the files that are dropped in S3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from json_log import log
from s3_event import is_test, uploads_in
from s3_object import LostObjectError, open_object

if TYPE_CHECKING:
    from s3_event import Upload


def handler(event: Any, context: Any) -> list[int]:  # noqa: ANN401, ARG001  Lambda's own
    """Read every file that an event of S3 names. What raises is tried twice more."""
    if is_test(event):
        log("INFO", "S3 tried the notification out")
        return []
    return [lines_of(upload) for upload in uploads_in(event)]


def lines_of(upload: Upload) -> int:
    """Count the lines of one file, however large it is; one that is gone by now has none."""
    try:
        with open_object(upload) as file:
            lines = sum(1 for _ in file)
    except LostObjectError as error:
        log("WARN", "not read", etag=upload.etag, reason=str(error))
        return 0
    log("INFO", "read", etag=upload.etag, lines=lines)
    return lines
