"""A Runtime API on loopback: what a function's runtime asks for events, and hands its answers to.

Its paths and headers are those of
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import json
import queue
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "/2018-06-01/runtime"
# As long as a cold start on a busy machine may take.
ANSWER_SECONDS = 120


@dataclass
class RuntimeApi:
    """One execution environment's API.

    Attributes
    ----------
    address
        Value of ``AWS_LAMBDA_RUNTIME_API``.
    """

    address: str
    function_arn: str
    _events: queue.Queue[tuple[str, bytes] | None] = field(default_factory=queue.Queue)
    _answers: queue.Queue[tuple[str, bytes]] = field(default_factory=queue.Queue)

    def invoke(self, event: Any) -> tuple[str, Any]:  # noqa: ANN401  JSON
        """Hand an event to the runtime; return where its answer came to and the answer.

        Returns
        -------
        tuple[str, Any]
            ``response``, ``error`` or ``init/error``, and JSON.

        Raises
        ------
        queue.Empty
            There was none in time.
        """
        request = str(uuid4())
        self._events.put((request, json.dumps(event).encode()))
        path, body = self._answers.get(timeout=ANSWER_SECONDS)
        return path.removeprefix(f"invocation/{request}/"), json.loads(body)


@contextmanager
def serving(function_arn: str) -> Iterator[RuntimeApi]:
    """Serve a Runtime API for one runtime."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401
            """Say nothing."""

        def do_GET(self) -> None:
            """Wait for an event, as Lambda lets a runtime wait."""
            assert self.path == f"{PREFIX}/invocation/next", self.path
            taken = api._events.get()
            if taken is None:
                self.close_connection = True
                return
            request, body = taken
            headers = {
                "Content-Type": "application/json",
                "Lambda-Runtime-Aws-Request-Id": request,
                "Lambda-Runtime-Deadline-Ms": "4102444800000",
                "Lambda-Runtime-Invoked-Function-Arn": api.function_arn,
            }
            self._answer(200, body, headers)

        def do_POST(self) -> None:
            """Take an answer."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            api._answers.put((self.path.removeprefix(f"{PREFIX}/"), body))
            self._answer(202, b'{"status":"OK"}', {"Content-Type": "application/json"})

        def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in (headers | {"Content-Length": str(len(body))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    api = RuntimeApi(f"127.0.0.1:{server.server_port}", function_arn)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        api._events.put(None)
        server.shutdown()
        server.server_close()
        thread.join()
