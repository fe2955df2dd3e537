"""The local AWS: it recovers from what happens to it, stays on loopback and leaves nothing."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError

from tools.local_aws import principals, server
from tools.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "local-aws"
    yield folder
    server.down(folder)


def alive(pid: int) -> bool:
    """Tell whether any process of the server's group runs (a zombie does not)."""
    listed = subprocess.run(
        ["ps", "-eo", "pgid=,stat="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split() for line in listed.splitlines()]
    return any(int(group) == pid and not state.startswith("Z") for group, state in rows)


def kill(running: server.Server) -> None:
    """End a server as a crash would, and wait until it is gone."""
    os.kill(running.pid, signal.SIGKILL)
    until("end of the server", lambda: server.find(running.home) is None, seconds=5)


def test_up_says_that_it_runs_when_it_runs(home: Path) -> None:
    first, started = server.up(home)
    again, started_again = server.up(home)
    assert (first, started, started_again) == (again, True, False)


def test_up_recovers_from_a_killed_server(home: Path) -> None:
    killed, _ = server.up(home)
    kill(killed)
    running, started = server.up(home)
    assert started
    assert running.pid != killed.pid


def test_up_recovers_when_the_old_port_is_taken_by_another_program(home: Path) -> None:
    killed, _ = server.up(home)
    kill(killed)
    with socket.create_server(("127.0.0.1", killed.port)):
        running, _ = server.up(home)
    assert running.port != killed.port


def test_up_recovers_from_a_record_of_a_process_that_is_another_one_now(home: Path) -> None:
    home.mkdir()
    (home / "server.lock").touch()
    (home / "server.json").write_text(f'{{"pid": {os.getpid()}, "port": 1}}')
    running, started = server.up(home)
    assert started
    assert running.pid != os.getpid()


def test_up_recovers_from_a_server_that_hangs(home: Path) -> None:
    hung, _ = server.up(home)
    os.kill(hung.pid, signal.SIGSTOP)
    try:
        running, started = server.up(home)
    finally:
        if alive(hung.pid):
            os.kill(hung.pid, signal.SIGCONT)
    assert started
    assert running.pid != hung.pid


def test_down_leaves_no_process_and_no_data(home: Path) -> None:
    running, _ = server.up(home)
    server.down(home)
    until("end of its processes", lambda: not alive(running.pid), seconds=5)
    assert not home.exists()


def test_down_of_nothing_is_no_error(home: Path) -> None:
    assert server.down(home) is False


def test_it_listens_on_loopback_only(home: Path) -> None:
    running, _ = server.up(home)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing: asks for the address that would be used
        outside = probe.getsockname()[0]
    assert outside != "127.0.0.1", "this machine has no other address to try"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((outside, running.port), timeout=2)


def test_a_client_that_does_not_know_its_authority_refuses_its_certificate(home: Path) -> None:
    running, _ = server.up(home)
    context = ssl.create_default_context()
    with (
        socket.create_connection(("127.0.0.1", running.port)) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        context.wrap_socket(plain, server_hostname="localhost")


def test_a_call_that_no_policy_allows_is_denied(home: Path) -> None:
    running, _ = server.up(home)
    stranger = principals.user(running, "stranger", {}).credentials
    client = boto3.client(
        "dynamodb",
        region_name=server.REGION,
        endpoint_url=running.endpoint,
        verify=str(running.ca_bundle),
        aws_access_key_id=stranger.access_key,
        aws_secret_access_key=stranger.secret_key,
    )
    with pytest.raises(ClientError, match="AccessDenied"):
        client.list_tables()
