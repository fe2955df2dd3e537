"""A viewer of a distribution behind the local edge."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import urllib3

from tools.local_aws.http import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Viewer:
    """A client of one distribution that keeps its connections.

    Parameters
    ----------
    port, ca_bundle
        Where the edge speaks TLS on 127.0.0.1, and who signed its certificate.
    domain
        The distribution's, ``<label>.cloudfront.net``: the certificate is verified for it.
    connections
        How many connections are kept open.
    """

    def __init__(self, port: int, ca_bundle: Path, domain: str, *, connections: int = 4) -> None:
        self._domain = domain
        self._pool = urllib3.HTTPSConnectionPool(
            "127.0.0.1",
            port,
            maxsize=connections,
            block=True,
            ca_certs=str(ca_bundle),
            server_hostname=domain,
            assert_hostname=domain,
            retries=False,
            timeout=urllib3.Timeout(connect=5, read=60),
        )

    def request(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request; redirects are not followed."""
        began = time.perf_counter()
        answer = self._pool.request(
            method,
            target,
            body=body,
            headers={"Host": self._domain, "Accept-Encoding": "identity", **(headers or {})},
            redirect=False,
            decode_content=False,
        )
        took = (time.perf_counter() - began) * 1000
        return Answer(answer.status, answer.headers, answer.data, took)

    def get(self, target: str, **headers: str) -> Answer:
        """GET; names of headers have underscores for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request("GET", target, headers=named)

    def close(self) -> None:
        """End the connections."""
        self._pool.close()
