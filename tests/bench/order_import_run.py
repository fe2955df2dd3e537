"""What importing a file of orders costs: CPU a row, and memory, which must not grow with the file.

A fresh interpreter runs the handler with boto3's real clients, up to the point where they would
send: there DynamoDB keeps what it is given, and S3 streams a file that is made while it is read.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import resource
import sys
import time
from importlib import util
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from tests.bench import harness
from tools.paths import FUNCTIONS, SHARED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

MEGABYTE = 1_000_000
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_LAMBDA_LOG_LEVEL": "ERROR",
    "REPORT_PREFIX": "reports/",
    "TABLE_NAME": "orders",
}
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


def load() -> ModuleType:
    """Return the handler's module, with clients that send nothing."""
    os.environ.update(ENVIRONMENT)
    # botocore takes it where it is there; in Lambda it is not.
    sys.modules["awscrt"] = None  # type: ignore[assignment]
    sys.path.insert(0, str(SHARED))
    spec = util.spec_from_file_location("app", FUNCTIONS / "order_import" / "app.py")
    assert spec and spec.loader
    app = util.module_from_spec(spec)
    spec.loader.exec_module(app)
    return app


def connect(app: ModuleType, file: File, sent: dict[str, int]) -> None:
    """Let the clients of `app` find `file`, and count what they send."""
    from botocore.awsrequest import AWSResponse  # noqa: PLC0415
    from botocore.compat import HTTPHeaders  # noqa: PLC0415

    import s3_object  # noqa: PLC0415  found once load() has set the path

    def answer(request: Any, event_name: str, **_: Any) -> Any:  # noqa: ANN401
        operation = event_name.rpartition(".")[2]
        sent[operation] = sent.get(operation, 0) + 1
        headers, raw = HTTPHeaders(), io.BytesIO(b"{}")
        headers["ETag"] = '"0"'
        if operation == "GetObject":
            headers["content-length"] = str(file.size)
            raw = file  # type: ignore[assignment]
        if operation == "CreateMultipartUpload":
            raw = io.BytesIO(b"<a><UploadId>1</UploadId></a>")
        if operation in {"PutObject", "UploadPart", "CompleteMultipartUpload"}:
            raw = io.BytesIO(b"<a/>")
        return _Answer(request.url, 200, headers, raw)

    class _Answer(AWSResponse):
        @property
        def content(self) -> bytes:
            return bytes(self.raw.read())

    app.order_table._client.meta.events.register("before-send", answer)
    s3_object._client.meta.events.register("before-send", answer)


def most_resident() -> float:
    """Return the most memory that this process has had resident so far, in megabytes."""
    status = Path("/proc/self/status")
    if status.is_file():
        # Not getrusage: on Linux that counts what the process was before exec, its parent.
        found = re.search(r"^VmHWM:\s*(\d+) kB$", status.read_text(), re.MULTILINE)
        assert found
        return round(int(found[1]) / 1024, 1)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024, 1)


def run(megabytes: float, width: int, *, bad: bool) -> dict[str, float]:
    """Import one file; return the figures."""
    app = load()
    file, sent = File(int(megabytes * MEGABYTE), width, bad=bad), dict[str, int]()
    connect(app, file, sent)
    before = most_resident()
    context = SimpleNamespace(aws_request_id="bench", get_remaining_time_in_millis=lambda: 900_000)
    began, cpu = time.perf_counter(), time.process_time()
    (summary,) = app.handler(EVENT, context)
    cpu, took = time.process_time() - cpu, time.perf_counter() - began
    assert summary["status"] == "imported", summary
    assert summary["orders"] + summary["refused"] == file.rows
    return {
        "megabytes": megabytes,
        "rows": file.rows,
        "seconds": round(took, 2),
        "cpu_us_a_row": round(cpu / file.rows * 1e6, 1),
        "resident_mb_before": before,
        "resident_mb": most_resident(),
        **{f"requests_{name}": count for name, count in sorted(sent.items())},
    }


def main() -> None:
    """Print the figures of one import as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.order_import_run")
    parser.add_argument("--megabytes", type=float, default=100)
    parser.add_argument("--width", type=int, default=24, help="characters of a customer")
    parser.add_argument("--bad", action="store_true", help="every row is refused")
    options = parser.parse_args()
    found = run(options.megabytes, options.width, bad=options.bad)
    if "BENCH_ANSWER" in os.environ:
        harness.answer(found)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
