"""The edge as a process of its own, that stays up behind `make demo`: start, find and stop it.

As with the local AWS, it holds a lock for as long as it lives, so that whether it runs is a
question to the kernel. It ends by itself when its local AWS does.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.local_aws import certificates
from tools.local_aws import server as local_aws
from tools.local_edge.server import Edge, EdgeError, url_of
from tools.paths import LOCAL_AWS_HOME, ROOT

if TYPE_CHECKING:
    from pathlib import Path

START_SECONDS = 30.0
STOP_SECONDS = 10.0
# Between two looks at whether the local AWS still runs.
LOOK_SECONDS = 1.0

# Processes that this one started: to be waited for when they end.
_children: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class Running:
    """An edge that runs: its process, its ports for TLS and plain HTTP, and its authority."""

    pid: int
    port: int
    http_port: int
    ca_bundle: Path

    def url(self, domain: str) -> str:
        """Return where a browser of this machine reaches the distribution of a domain name."""
        return url_of(domain, self.port)


def find(home: Path = LOCAL_AWS_HOME) -> Running | None:
    """Return the edge in front of the local AWS whose data is in `home`, or None."""
    record = home / "edge.json"
    if not record.is_file() or not local_aws.is_locked(home / "edge.lock"):
        return None
    try:
        written = json.loads(record.read_text())
        ca_bundle = certificates.authority(home)
        return Running(written["pid"], written["port"], written["http_port"], ca_bundle)
    except (ValueError, KeyError):
        return None


def up(home: Path = LOCAL_AWS_HOME, *, port: int = 0) -> tuple[Running, bool]:
    """Return the running edge, started if need be, and whether it was started now.

    Raises
    ------
    EdgeError
        It does not serve within 30 s; the end of its log is in the message.
    LocalAwsError
        There is no local AWS.
    """
    local_aws.require(home)
    if running := find(home):
        return running, False
    (home / "edge.json").unlink(missing_ok=True)
    command = [sys.executable, "-m", "tools.local_edge", "--home", str(home), "--port", str(port)]
    with (home / "edge.log").open("wb") as log:
        child = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
    _children[child.pid] = child
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        if running := find(home):
            return running, True
        time.sleep(0.05)
    child.kill()
    child.wait()
    tail = (home / "edge.log").read_text(errors="replace")[-2000:]
    raise EdgeError(f"it did not start. The end of its log:\n{tail}")


def down(home: Path = LOCAL_AWS_HOME) -> bool:
    """Stop the edge; tell whether one ran.

    Raises
    ------
    EdgeError
        Its process does not end.
    """
    running = find(home)
    if running is None:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(running.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while local_aws.is_locked(home / "edge.lock"):
        if time.monotonic() > deadline:
            raise EdgeError(f"process {running.pid} does not end. Look: ps -fp {running.pid}")
        time.sleep(0.02)
    if child := _children.pop(running.pid, None):
        child.wait()
    return True


def serve(home: Path, host: str, port: int) -> None:
    """Serve until SIGTERM or Ctrl-C, or until the local AWS is gone.

    Raises
    ------
    EdgeError
        One serves already, or it cannot start.
    """
    edge = Edge(local_aws.require(home), host=host, port=port)
    lock = (home / "edge.lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise EdgeError("one runs already in front of this local AWS") from None
    # Waited for below, instead of handled in the middle of something.
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    edge.start()
    # boto3's many objects stay for good: looking through them took a third of a busy edge's time.
    gc.collect()
    gc.freeze()
    try:
        record = {"pid": os.getpid(), "port": edge.port, "http_port": edge.http_port}
        scratch = home / "edge.json.new"
        scratch.write_text(json.dumps(record))
        scratch.replace(home / "edge.json")
        for domain in edge.domains:
            print(f"edge: {edge.url(domain)} is {domain}", flush=True)
        print(f"edge: serves on {edge.address}, TLS {edge.port}, HTTP {edge.http_port}", flush=True)
        while local_aws.find(home) == edge.local and not signal.sigtimedwait(ends, LOOK_SECONDS):
            pass
    finally:
        edge.stop()
