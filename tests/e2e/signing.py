"""A function URL that tells what arrived, behind the three ways to sign; and its viewers."""

from __future__ import annotations

import base64
import copy
import http.client
import json
import socket
import ssl
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import urllib3

from tools.local_aws.server import REGION
from tools.paths import DIST
from tools.terraform import cli_config
from tools.terraform.core import find_core
from tools.terraform.runner import Terraform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.local_aws.server import Server
    from tools.local_edge.server import Edge

ROOT = Path(__file__).parent / "roots" / "signing"
PREFIX = "signing-tests"
EDGE_REGION = "us-east-1"
EVENT = json.loads(
    (Path(__file__).parents[1] / "unit" / "events" / "origin_request.json").read_text()
)


class Signed(NamedTuple):
    """A request as the edge signer sends it on, as somebody on the way could have seen it."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Signing:
    """What Terraform applied, and its Terraform."""

    local: Server
    terraform: Terraform
    outputs: dict[str, Any]

    @property
    def domain(self) -> str:
        """The distribution's."""
        domain: str = self.outputs["cdn"]["domain"]
        return domain

    @property
    def host(self) -> str:
        """The function URL's."""
        host: str = self.outputs["echo"]["domain"]
        return host

    def run_signer(self, event: dict[str, Any]) -> dict[str, Any]:
        """Return what the deployed signer makes of an event."""
        client = self.local.client("lambda", EDGE_REGION)
        answer = client.invoke(
            FunctionName=self.outputs["signer"]["arn"], Payload=json.dumps(event).encode()
        )
        result: dict[str, Any] = json.loads(answer["Payload"].read())
        return result

    def capture(self, method: str = "GET", uri: str = "/", body: bytes = b"") -> Signed:
        """Return a request that the deployed signer has just signed."""
        request = self.run_signer(self.event(method, uri, body))
        headers = {name: values[0]["value"] for name, values in request["headers"].items()}
        headers.pop("content-length", None)
        target = request["uri"] + (f"?{request['querystring']}" if request["querystring"] else "")
        return Signed(request["method"], target, headers, body)

    def event(self, method: str = "GET", uri: str = "/", body: bytes = b"") -> dict[str, Any]:
        """Return the event of a viewer's request to the function URL."""
        event: dict[str, Any] = copy.deepcopy(EVENT)
        request = event["Records"][0]["cf"]["request"]
        request |= {"method": method, "uri": uri.partition("?")[0]}
        request["querystring"] = uri.partition("?")[2]
        request["origin"]["custom"] |= {"domainName": self.host, "path": "", "customHeaders": {}}
        request["body"]["data"] = base64.b64encode(body).decode()
        return event

    def send(self, signed: Signed, *, host: str | None = None) -> tuple[int, bytes]:
        """Send a request to the function URL as it is, past CloudFront."""
        pool = urllib3.HTTPSConnectionPool(
            "127.0.0.1",
            self.local.port,
            ca_certs=str(self.local.ca_bundle),
            server_hostname=self.host,
            assert_hostname=self.host,
            retries=False,
        )
        headers = signed.headers | ({"host": host} if host else {})
        answer = pool.urlopen(signed.method, signed.target, signed.body or None, headers)
        pool.close()
        return answer.status, answer.data


def apply(local: Server) -> Signing:
    """Apply the root on a local AWS; its data goes with it."""
    home = local.home / "signing"
    home.mkdir(exist_ok=True)
    code = home / "echo.zip"
    if not code.is_file():
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("echo.py", (ROOT / "echo.py").read_text())
    variables = {
        "echo_zip": str(code),
        "prefix": PREFIX,
        "region": REGION,
        "signer_zip": str(DIST / "edge_signer.zip"),
    }
    environment = local.apply_to(cli_config.environment())
    environment |= {f"TF_VAR_{name}": value for name, value in variables.items()}
    terraform = Terraform(find_core(), ROOT, home / "data", environment)
    terraform.init(f"-backend-config=path={home / 'terraform.tfstate'}")
    terraform.run("apply", "-auto-approve", "-no-color")
    return Signing(local, terraform, terraform.outputs())


def raw(edge: Edge, domain: str, head: Sequence[bytes], body: bytes = b"") -> tuple[int, bytes]:
    """Send lines of a request that no client would write; return status and body.

    A connection that is closed without an answer has the status 0.
    """
    context = ssl.create_default_context(cafile=str(edge.ca_bundle))
    with (
        socket.create_connection(("127.0.0.1", edge.port), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname=domain) as connection,
    ):
        connection.sendall(b"\r\n".join([*head, b"", b""]) + body)
        answer = http.client.HTTPResponse(connection)
        try:
            answer.begin()
        except (http.client.HTTPException, ConnectionError):
            return 0, b""
        return answer.status, answer.read()
