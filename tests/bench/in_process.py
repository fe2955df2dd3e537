"""Functions in a fresh interpreter, with boto3's real clients up to where they would send.

What they send is answered here, and what memory the process has had is told.
"""

from __future__ import annotations

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
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.bench import harness
from tools.paths import FUNCTIONS, SHARED

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_LAMBDA_LOG_LEVEL": "ERROR",
    "TABLE_NAME": "orders",
}


# Seconds of CPU in what stands for AWS.
_answering = [0.0]


class Sent(NamedTuple):
    """A request that a client would send.

    Attributes
    ----------
    operation
        As ``GetObject``.
    url, body
        Of the request; the body is bytes, or a file that is to be read.
    """

    operation: str
    url: str
    body: Any


class Answer(NamedTuple):
    """What AWS would answer: a status, headers, and a body as bytes or as a file to be read."""

    status: int = 200
    headers: dict[str, str] = {}  # noqa: RUF012  nobody changes it
    body: Any = b""


class Taken(NamedTuple):
    """What a run of a handler has taken.

    Attributes
    ----------
    seconds
        By the clock.
    cpu
        Seconds of CPU, but for those of what stands for AWS.
    resident_before, resident
        Megabytes, at most, before and until its end.
    """

    seconds: float
    cpu: float
    resident_before: float
    resident: float


def load(function: str, **environment: str) -> ModuleType:
    """Return the module of a function's handler."""
    os.environ.update(ENVIRONMENT | environment)
    # botocore takes it where it is there; in Lambda it is not.
    sys.modules["awscrt"] = None  # type: ignore[assignment]
    sys.path.insert(0, str(SHARED))
    spec = util.spec_from_file_location("app", FUNCTIONS / function / "app.py")
    assert spec and spec.loader
    app = util.module_from_spec(spec)
    spec.loader.exec_module(app)
    return app


def connect(answer: Callable[[Sent], Answer], *modules: str) -> dict[str, int]:
    """Let `answer` answer the clients of shared `modules`; return what counts their requests."""
    from botocore.awsrequest import AWSResponse  # noqa: PLC0415
    from botocore.compat import HTTPHeaders  # noqa: PLC0415

    counted: dict[str, int] = {}

    class Response(AWSResponse):
        @property
        def content(self) -> bytes:
            return bytes(self.raw.read())

    def answered(request: Any, event_name: str, **_: Any) -> AWSResponse:  # noqa: ANN401
        began = time.process_time()
        operation = event_name.rpartition(".")[2]
        counted[operation] = counted.get(operation, 0) + 1
        found = answer(Sent(operation, request.url, request.body))
        headers = HTTPHeaders()
        for name, value in found.headers.items():
            headers[name] = value
        raw = io.BytesIO(found.body) if isinstance(found.body, bytes) else found.body
        _answering[0] += time.process_time() - began
        return Response(request.url, found.status, headers, raw)

    for name in modules:
        sys.modules[name]._client.meta.events.register("before-send", answered)
    return counted


def run(handler: Callable[[Any, Any], Any], event: object) -> tuple[Any, Taken]:
    """Call a handler; return what it returns and what it has taken."""
    before = most_resident()
    context = SimpleNamespace(aws_request_id="bench", get_remaining_time_in_millis=lambda: 900_000)
    began, cpu = time.perf_counter(), time.process_time() - _answering[0]
    done = handler(event, context)
    cpu, took = time.process_time() - _answering[0] - cpu, time.perf_counter() - began
    return done, Taken(took, cpu, before, most_resident())


def most_resident() -> float:
    """Return the most memory that this process has had resident so far, in megabytes."""
    status = Path("/proc/self/status")
    if status.is_file():
        # Not getrusage: on Linux that counts what the process was before exec, its parent.
        found = re.search(r"^VmHWM:\s*(\d+) kB$", status.read_text(), re.MULTILINE)
        assert found
        return round(int(found[1]) / 1024, 1)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024, 1)


def tell(count: int, taken: Taken, requests: dict[str, int], **more: float) -> None:
    """Print a run's figures as JSON, and hand them to whoever has begun it.

    Parameters
    ----------
    count
        How many rows or orders it took.
    """
    figures = {
        "count": count,
        "seconds": round(taken.seconds, 2),
        "cpu_us_each": round(taken.cpu / count * 1e6, 1),
        "resident_mb_before": taken.resident_before,
        "resident_mb": taken.resident,
        **more,
        **{f"requests_{name}": sent for name, sent in sorted(requests.items())},
    }
    if "BENCH_ANSWER" in os.environ:
        harness.answer(figures)
    print(json.dumps(figures))
