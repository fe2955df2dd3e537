"""make call: what keeps a function from being called is told with the mend."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from tools.local_aws import server
from tools.scaffold.calls import call
from tools.scaffold.changes import ScaffoldError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def event(tree: Path) -> None:
    folder = tree / "tests" / "unit" / "functions" / "greeter"
    folder.mkdir(parents=True)
    (folder / "event.json").write_text("{}")


def test_a_function_without_an_event_is_told_where_to_write_one(tree: Path) -> None:
    with pytest.raises(ScaffoldError, match=r"no tests/unit/functions/stock/event\.json"):
        call(tree, "stock", "local")


@pytest.mark.usefixtures("event")
def test_an_unknown_environment_is_told_with_those_that_there_are(tree: Path) -> None:
    with pytest.raises(ScaffoldError, match="ENV is 'no': give one of dev, local, prod"):
        call(tree, "greeter", "no")


@pytest.mark.usefixtures("event")
def test_a_local_aws_that_does_not_run_is_told_with_make_up(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server.require, "__defaults__", (tmp_path / "none",))
    with pytest.raises(server.LocalAwsError, match="make up"):
        call(tree, "greeter", "local")


@pytest.mark.usefixtures("event")
def test_a_function_is_invoked_once_though_aws_fails(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    class Failing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.send_response(500)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    aws = HTTPServer(("127.0.0.1", 0), Failing)
    threading.Thread(target=aws.serve_forever, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{aws.server_port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")
    monkeypatch.delenv("AWS", raising=False)
    try:
        with pytest.raises(ScaffoldError, match="orders-dev-greeter on AWS"):
            call(tree, "greeter", "dev")
    finally:
        aws.shutdown()
        aws.server_close()
    assert len(asked) == 1
