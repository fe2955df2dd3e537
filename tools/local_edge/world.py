"""What the edge knows of the local AWS: its distributions, read again when they change."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

from tools.local_edge.access import StandIn
from tools.local_edge.associations import Associations
from tools.local_edge.distribution import Distribution, Reader, Unserved
from tools.local_edge.pages import Refused

if TYPE_CHECKING:
    from botocore.credentials import Credentials

    from tools.local_aws.server import Server
    from tools.local_edge.cache import Cache

log = logging.getLogger("local_edge")

_LABEL = re.compile(r"(?P<label>[a-z0-9]+)\.cloudfront\.(net|localhost)")
_LOCAL = frozenset({"localhost", "127.0.0.1"})


class World:
    """The distributions of the local AWS, with who signs for them.

    Parameters
    ----------
    server
        The local AWS.
    cache
        Is emptied of what was invalidated, and of distributions that changed.
    """

    def __init__(self, server: Server, cache: Cache) -> None:
        self._server = server
        self._cache = cache
        self._cloudfront = server.client("cloudfront")
        self._associations = Associations(server)
        self._reader = Reader(self._cloudfront, self._associations)
        self._by_id: dict[str, Distribution] = {}
        self._by_host: dict[str, Distribution] = {}
        self._unserved: dict[str, tuple[str, str]] = {}
        self._stand_ins: dict[str, StandIn] = {}
        self._invalidations: dict[str, set[str]] = {}

    @property
    def distributions(self) -> list[Distribution]:
        """Those that are served."""
        return list(self._by_id.values())

    def find(self, host: str) -> Distribution:
        """
        Return the distribution that answers to a host name, which may have a port.

        ``<label>.cloudfront.localhost`` is for browsers, and ``localhost`` where there is one only.

        Raises
        ------
        Refused
            There is none, or it is not served, with the reason.
        """
        name = host.partition(":")[0].lower()
        if match := _LABEL.fullmatch(name):
            name = f"{match['label']}.cloudfront.net"
        if name in self._by_host:
            return self._by_host[name]
        if name in _LOCAL and len(self._by_id) == 1:
            return next(iter(self._by_id.values()))
        for domain, reason in self._unserved.values():
            if domain == name:
                raise Refused(503, f"The local edge does not serve this distribution: {reason}.")
        raise Refused(403, "Bad request. No distribution has this host name.")

    def credentials(self, distribution: Distribution) -> Credentials:
        """Return who signs for a distribution's origins."""
        return self._stand_ins[distribution.id].credentials

    def refresh(self) -> None:
        """Read what has changed. Blocks; boto3 does."""
        summaries = {
            summary["Id"]: summary
            for page in self._cloudfront.get_paginator("list_distributions").paginate()
            for summary in page["DistributionList"].get("Items", [])
        }
        for gone in set(self._by_id) - set(summaries):
            self._forget(gone)
        self._unserved = {k: v for k, v in self._unserved.items() if k in summaries}
        for name, summary in summaries.items():
            self._read(name, summary)
        self._by_host = {
            host.lower(): distribution
            for distribution in self._by_id.values()
            for host in (distribution.domain, *distribution.aliases)
        }
        for distribution in self._by_id.values():
            self._renew_access(distribution)
            self._invalidate(distribution.id)
        self._hang_up()

    def close(self) -> None:
        """Remove the users who stood for CloudFront, and end the connections."""
        try:
            for stand_in in self._stand_ins.values():
                stand_in.remove()
        finally:
            self._stand_ins = {}
            self._hang_up()

    def _hang_up(self) -> None:
        """End the connections, for which the local AWS would wait 10 s when it ends."""
        self._cloudfront.close()
        self._associations.close()
        for stand_in in self._stand_ins.values():
            stand_in.close()

    def _read(self, name: str, summary: dict[str, Any]) -> None:
        known = self._by_id.get(name)
        if known and self._reader.etag(name) == known.etag:
            return
        try:
            self._by_id[name] = self._reader.read(summary)
            self._unserved.pop(name, None)
        except Unserved as error:
            if known:
                self._forget(name)
            if self._unserved.get(name) != (summary["DomainName"], str(error)):
                log.warning("distribution %s is not served: %s", name, error)
            self._unserved[name] = (summary["DomainName"], str(error))
            return
        # A key names a behavior by its place, which is another now.
        self._cache.forget(name)

    def _forget(self, name: str) -> None:
        del self._by_id[name]
        self._invalidations.pop(name, None)
        self._cache.forget(name)
        stand_in = self._stand_ins.pop(name, None)
        if stand_in:
            stand_in.remove()

    def _renew_access(self, distribution: Distribution) -> None:
        if not any(behavior.origin.access_control for behavior in distribution.behaviors):
            return
        if distribution.id not in self._stand_ins:
            self._stand_ins[distribution.id] = StandIn(self._server, distribution.id)
        self._stand_ins[distribution.id].renew(distribution)

    def _invalidate(self, name: str) -> None:
        answer = self._cloudfront.list_invalidations(DistributionId=name)["InvalidationList"]
        done = self._invalidations.setdefault(name, set())
        for item in answer.get("Items", []):
            if item["Id"] in done:
                continue
            batch = self._cloudfront.get_invalidation(DistributionId=name, Id=item["Id"])
            paths = batch["Invalidation"]["InvalidationBatch"]["Paths"]["Items"]
            count = self._cache.invalidate(name, paths)
            log.info("invalidation %s of %s: %d answers", item["Id"], name, count)
            done.add(item["Id"])
