"""Call function URLs and APIs on the local AWS over TLS, signed with SigV4 or not.

The request names the host that AWS would: the certificate is verified for it, the signature covers
it, and only the address that the connection goes to is the local one.
"""

from __future__ import annotations

import datetime
import json
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.credentials import Credentials

    from tools.local_aws.server import Server


_HOST = re.compile(r"[^.]+\.(?P<kind>lambda-url|execute-api)\.(?P<region>[a-z0-9-]+)\.")
_SERVICES = {"execute-api": "execute-api", "lambda-url": "lambda"}


@dataclass(frozen=True)
class Answer:
    """An HTTP answer and the milliseconds until it was whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    milliseconds: float

    def json(self) -> Any:  # noqa: ANN401  JSON is what the server sends
        """Return the body as JSON."""
        return json.loads(self.body)


class _SignedAt(SigV4Auth):
    """SigV4 with a clock that is off by some time."""

    def __init__(
        self, credentials: Credentials, service: str, region: str, offset: datetime.timedelta
    ) -> None:
        super().__init__(credentials, service, region)
        self._offset = offset

    def _modify_request_before_signing(self, request: AWSRequest) -> None:
        moment = datetime.datetime.now(datetime.UTC) + self._offset
        request.context["timestamp"] = moment.strftime("%Y%m%dT%H%M%SZ")
        super()._modify_request_before_signing(request)  # type: ignore[misc]  # not in the stubs


class UrlClient:
    """A client of one function URL or API that keeps its connections.

    Parameters
    ----------
    server
        The local AWS.
    url
        The URL as Terraform puts it out: ``https://<id>.lambda-url.<region>.on.aws/`` or
        ``https://<id>.execute-api.<region>.amazonaws.com``, with the stage of a REST API.
    credentials
        Who signs; None sends requests without a signature.
    connections
        How many connections are kept open.
    source
        Address of this machine that requests come from (Linux has all of 127.0.0.0/8).
    """

    def __init__(
        self,
        server: Server,
        url: str,
        credentials: Credentials | None,
        *,
        connections: int = 4,
        source: str | None = None,
    ) -> None:
        parts = urlsplit(url)
        self._host, self._prefix = parts.netloc, parts.path.rstrip("/")
        named = _HOST.match(self._host)
        if named is None:
            raise ValueError(f"{url} is neither a function URL nor that of an API")
        self._service, self._region = _SERVICES[named["kind"]], named["region"]
        self._credentials = credentials
        self._pool = urllib3.HTTPSConnectionPool(
            "127.0.0.1",
            server.port,
            maxsize=connections,
            block=True,
            ca_certs=str(server.ca_bundle),
            server_hostname=self._host,
            assert_hostname=self._host,
            retries=False,
            timeout=urllib3.Timeout(connect=5, read=60),
            source_address=(source, 0) if source else None,
        )

    def request(  # noqa: PLR0913  a request has these parts
        self,
        method: str,
        target: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        sent_body: bytes | None = None,
        clock_offset: datetime.timedelta = datetime.timedelta(0),
    ) -> Answer:
        """Send one request.

        Parameters
        ----------
        method, target, body, headers
            The request; `target` is the path after the URL, with its query.
        sent_body
            What is sent instead of the body that was signed.
        clock_offset
            How far the signer's clock is off.
        """
        target = f"{self._prefix}{target}"
        request = AWSRequest(
            method, f"https://{self._host}{target}", data=body, headers=dict(headers or {})
        )
        if self._credentials:
            _SignedAt(self._credentials, self._service, self._region, clock_offset).add_auth(
                request
            )
        began = time.perf_counter()
        answer = self._pool.request(
            method,
            target,
            body=body if sent_body is None else sent_body,
            headers={**dict(request.headers.items()), "Host": self._host},
        )
        took = (time.perf_counter() - began) * 1000
        return Answer(answer.status, answer.headers, answer.data, took)

    def post_json(self, target: str, value: Any, **headers: str) -> Answer:  # noqa: ANN401  JSON
        """POST `value` as JSON."""
        sent = {"Content-Type": "application/json"} | headers
        return self.request("POST", target, json.dumps(value).encode(), sent)
