"""One visit to the service: who comes, and what one row leaves for the next."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from botocore.credentials import Credentials

from tools.local_edge.client import Viewer

if TYPE_CHECKING:
    from tools.local_aws.http import UrlClient
    from tools.local_edge.process import Running
    from tools.order_service.service import Partner, Service


@dataclass
class Visit:
    """The service, the edge in front of its website, and what this visit has learned of them."""

    service: Service
    edge: Running
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    order_id: str = ""
    waiting_id: str = ""
    token_to_read: str = ""
    token_to_write: str = ""
    partner: Partner | None = None
    partner_headers: dict[str, str] = field(default_factory=dict)
    file: str = ""
    upload_key: str = ""

    def url(self, credentials: Credentials | None) -> UrlClient:
        """Return a client of the function URL that signs with `credentials`."""
        return self.service.door("url", credentials)

    @cached_property
    def viewer(self) -> Viewer:
        """Whoever looks at the website."""
        domain = self.service.outputs["cdn"]["domain"]
        return Viewer(self.edge.port, self.edge.ca_bundle, domain)

    @property
    def caller(self) -> Credentials:
        """Who may call."""
        return self.service.caller

    @cached_property
    def stranger(self) -> Credentials:
        """Somebody of the account who may do nothing."""
        return self.service.person("stranger")

    @property
    def forger(self) -> Credentials:
        """The caller's access key with a secret that is not its own."""
        return Credentials(self.caller.access_key, "not-the-secret-of-this-access-key")
