"""Start, find and stop the one local AWS of this checkout.

The server holds a lock on a file for as long as it lives. So whether it runs is a question to the
kernel, not to a pid file: a killed server, a stale record and a recycled pid are all seen as what
they are.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.credentials import Credentials

from tools.local_aws import certificates, edge_socket
from tools.paths import CACHE, LOCAL_AWS_ENVIRONMENT, LOCAL_AWS_HOME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.config import Config

ACCOUNT_ID = "123456789012"
REGION = "eu-west-1"
# No secret: MiniStack's root, whose keys are not checked.
ROOT_USER = Credentials("test", "test")
LAUNCHER = Path(__file__).with_name("launcher.py")
START_SECONDS = 30.0
STOP_SECONDS = 10.0

# Servers that this process started: to be waited for when they end.
_children: dict[int, subprocess.Popen[bytes]] = {}


class LocalAwsError(Exception):
    """The local AWS cannot do what was asked; the message says what to do."""


@dataclass(frozen=True)
class Server:
    """A running local AWS.

    Attributes
    ----------
    pid
        Process id, also the id of its process group.
    port
        TCP port on 127.0.0.1.
    home
        Folder that holds its data, certificate, log and record.
    """

    pid: int
    port: int
    home: Path

    @property
    def endpoint(self) -> str:
        """The URL for AWS_ENDPOINT_URL; an address, so that S3 clients use path-style names."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def ca_bundle(self) -> Path:
        """The certificate authority that signed the server's certificate."""
        return certificates.authority(self.home)

    def client_environment(self) -> dict[str, str]:
        """Return the variables that point AWS clients and Terraform here, as the root user.

        For setting things up. Calls that are to be judged by IAM need a user or role of their own
        (`tools.local_aws.principals`): the root keys skip signature checks.
        """
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_CA_BUNDLE": str(self.ca_bundle),
            "AWS_ACCESS_KEY_ID": ROOT_USER.access_key,
            "AWS_SECRET_ACCESS_KEY": ROOT_USER.secret_key,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            # Nothing of the user's own account may leak into a local run.
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(
        self,
        service: str,
        region: str = REGION,
        credentials: Credentials = ROOT_USER,
        *,
        config: Config | None = None,
    ) -> Any:  # noqa: ANN401  boto3's own type
        """Return a boto3 client of `service`: as the root user, or whose credentials are given."""
        return boto3.client(
            service,  # type: ignore[call-overload]  # one literal a service in the stubs
            region_name=region,
            endpoint_url=self.endpoint,
            verify=str(self.ca_bundle),
            aws_access_key_id=credentials.access_key,
            aws_secret_access_key=credentials.secret_key,
            aws_session_token=credentials.token,
            config=config,
        )

    def apply_to(self, environment: dict[str, str]) -> dict[str, str]:
        """Return `environment` pointed here, without what would point it elsewhere."""
        kept = {k: v for k, v in environment.items() if not k.startswith("AWS_")}
        return kept | self.client_environment()


def find(home: Path = LOCAL_AWS_HOME) -> Server | None:
    """Return the running server whose data is in `home`, or None."""
    record = home / "server.json"
    if not record.is_file() or not is_locked(home / "server.lock"):
        return None
    try:
        written = json.loads(record.read_text())
        return Server(pid=written["pid"], port=written["port"], home=home)
    except (ValueError, KeyError):
        return None


def require(home: Path = LOCAL_AWS_HOME) -> Server:
    """Return the running server.

    Raises
    ------
    LocalAwsError
        There is none.
    """
    server = find(home)
    if server is None:
        raise LocalAwsError("the local AWS is not running. Start it: make up")
    return server


def is_locked(path: Path) -> bool:
    """Tell whether a living process holds the lock on `path`."""
    if not path.exists():
        return False
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def up(home: Path = LOCAL_AWS_HOME) -> tuple[Server, bool]:
    """Return the running server, started if need be, and whether it was started now.

    Raises
    ------
    LocalAwsError
        Its environment is missing, or it does not answer within 30 s.
    """
    home.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(home):
        server = find(home)
        if server and _healthy(server):
            return server, False
        if server:
            _end(server)
        # What a killed server left describes a world that is gone.
        _remove_data(home)
        return _start(home), True


def down(home: Path = LOCAL_AWS_HOME) -> bool:
    """Stop the server and remove its data; tell whether there was anything."""
    if not home.is_dir():
        return False
    with _one_at_a_time(home):
        server = find(home)
        if server:
            _end(server)
        edge_socket.path_in(home).unlink(missing_ok=True)
        shutil.rmtree(home)
    return True


def _start(home: Path) -> Server:
    python = LOCAL_AWS_ENVIRONMENT / "bin" / "python"
    if not python.is_file():
        raise LocalAwsError(f"{LOCAL_AWS_ENVIRONMENT.name} is missing. Make it: make setup")
    port = _free_port()
    certificate, key = certificates.make(home, region=REGION)
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [str(python), "-P", str(LAUNCHER), str(home)],
            env=_server_environment(home, port, certificate, key),
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    _children[process.pid] = process
    server = Server(process.pid, port, home)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if _healthy(server) and find(home):
            return server
        time.sleep(0.05)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    tail = (home / "server.log").read_text(errors="replace")[-2000:]
    raise LocalAwsError(f"it did not start on port {port}. The end of its log:\n{tail}")


def _server_environment(home: Path, port: int, certificate: Path, key: Path) -> dict[str, str]:
    scratch = home / "tmp"
    scratch.mkdir(exist_ok=True)
    authority = str(certificates.authority(home))
    return {
        # Functions inherit this environment, so it holds nothing of the user's.
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(scratch),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "TMPDIR": str(scratch),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "AUTH": "true",
        "USE_SSL": "1",
        "MINISTACK_SSL_CERT": str(certificate),
        "MINISTACK_SSL_KEY": str(key),
        "MINISTACK_ACCOUNT_ID": ACCOUNT_ID,
        "MINISTACK_REGION": REGION,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "STATE_DIR": str(home / "state"),
        "S3_DATA_DIR": str(home / "s3"),
        # A line for each message would cost a tenth of the throughput.
        "LOG_LEVEL": "WARNING",
        # Step Functions wait a tenth of the seconds between two tries.
        "SFN_WAIT_SCALE": "0.1",
        # A request that waits for a function holds a thread; the function's own requests need some.
        "MINISTACK_WORKER_THREADS": "512",
        # The clients inside the functions.
        "AWS_CA_BUNDLE": authority,
        "SSL_CERT_FILE": authority,
        "LAMBDA_BLUEPRINTS_HOME": str(home),
        "LAMBDA_BLUEPRINTS_NATIVE": str(CACHE / "packager" / "native"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _end(server: Server) -> None:
    """Stop `server`: politely, then by force with all that it started."""
    for number, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, STOP_SECONDS)):
        try:
            # The functions' interpreters too: it waits for the connections that they keep.
            os.killpg(server.pid, number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not is_locked(server.home / "server.lock"):
                _end_group(server.pid)
                if server.pid in _children:
                    _children.pop(server.pid).wait()
                return
            time.sleep(0.02)
    raise LocalAwsError(f"process {server.pid} does not end. Look at it: ps -fp {server.pid}")


def _end_group(pid: int) -> None:
    """End the functions' interpreters that a server may have left in its process group."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _healthy(server: Server) -> bool:
    context = ssl.create_default_context(cafile=str(server.ca_bundle))
    try:
        with urllib.request.urlopen(  # noqa: S310  always https on loopback
            f"{server.endpoint}/_ministack/health", timeout=2, context=context
        ) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    """Let one caller at a time start or stop the server of `home`."""
    lock = home.with_name(f"{home.name}.lock")
    with lock.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _remove_data(home: Path) -> None:
    for entry in home.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()
