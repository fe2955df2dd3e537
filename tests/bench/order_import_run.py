"""What importing a file of orders costs: CPU a row, and memory, which must not grow with the file.

DynamoDB keeps what it is given, and S3 streams a file that is made while it is read.
"""

from __future__ import annotations

import argparse
import io
from typing import TYPE_CHECKING, Any

from tests.bench import in_process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MEGABYTE = 1_000_000
HEADER = b"reference,customer,currency,sku,quantity,unit_price\n"
EVENT = {
    "Records": [
        {
            "eventName": "ObjectCreated:Put",
            "eventSource": "aws:s3",
            "s3": {
                "bucket": {"name": "bench-uploads"},
                "object": {"key": "orders/bench.csv", "eTag": "0" * 32, "versionId": "1"},
            },
        }
    ]
}


class File(io.RawIOBase):
    """A file of orders of so many bytes, made while it is read, as urllib3's response is read.

    Attributes
    ----------
    rows
        How many it has.
    size
        Bytes.
    """

    def __init__(self, size: int, width: int, *, bad: bool) -> None:
        super().__init__()
        customer = b"customer@example.com".ljust(width, b"m")
        # Of one length each, so that the size is known beforehand.
        self._row = b"R-%%09d,%b,EUR,SKU-10,%d,1250\n" % (customer, 0 if bad else 3)
        length = len(self._row % 0)
        self.rows = (size - len(HEADER)) // length
        self.size = len(HEADER) + self.rows * length
        self._made = self._blocks()
        self._left = b""

    def _blocks(self) -> Iterator[bytes]:
        yield HEADER
        for first in range(0, self.rows, 200):
            yield b"".join(self._row % n for n in range(first, min(first + 200, self.rows)))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401  any buffer
        self._left = self._left or next(self._made, b"")
        part = self._left[: len(buffer)]
        self._left = self._left[len(part) :]
        buffer[: len(part)] = part
        return len(part)


def answer_with(file: File) -> Callable[[in_process.Sent], in_process.Answer]:
    """Return what answers the import's requests, of which one is for `file`."""
    bodies = {
        "CreateMultipartUpload": b"<a><UploadId>1</UploadId></a>",
        "PutObject": b"<a/>",
        "UploadPart": b"<a/>",
        "CompleteMultipartUpload": b"<a><ETag>0</ETag></a>",
    }

    def answer(sent: in_process.Sent) -> in_process.Answer:
        headers = {"ETag": '"0"'}
        if sent.operation == "UploadPart":
            headers["x-amz-checksum-crc32"] = "AAAAAA=="
        if sent.operation == "GetObject":
            headers["content-length"] = str(file.size)
            return in_process.Answer(headers=headers, body=file)
        return in_process.Answer(headers=headers, body=bodies.get(sent.operation, b"{}"))

    return answer


def main() -> None:
    """Print the figures of one import as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.order_import_run")
    parser.add_argument("--megabytes", type=float, default=100)
    parser.add_argument("--width", type=int, default=24, help="characters of a customer")
    parser.add_argument("--bad", action="store_true", help="every row is refused")
    options = parser.parse_args()
    app = in_process.load("order_import", REPORT_PREFIX="reports/")
    file = File(int(options.megabytes * MEGABYTE), options.width, bad=options.bad)
    requests = in_process.connect(answer_with(file), "order_table", "s3_object")
    (summary,), taken = in_process.run(app.handler, EVENT)
    assert summary["status"] == "imported", summary
    assert summary["orders"] + summary["refused"] == file.rows
    in_process.tell(file.rows, taken, requests, megabytes=options.megabytes)


if __name__ == "__main__":
    main()
